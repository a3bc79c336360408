import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { flagOf } from "../../src/application/option-declarations.ts";
import { COMMANDS } from "../../src/cli/commands.ts";
import { optionRows } from "../../src/cli/options.ts";
import { DAEMONS } from "../../src/daemons/table.ts";
import { root } from "../support/read-sources.ts";

describe("docs/launcher.md", () => {
  const text = readFileSync(join(root, "docs", "launcher.md"), "utf8");
  const rows = text
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|")))
    .map(([, term = "", help = ""]) => [term.replaceAll("`", ""), help]);

  it("has the options and the other words, in their words", () => {
    const options = optionRows().map(([name, { value, help }]) => [
      value === undefined ? flagOf(name) : `${flagOf(name)} ${value}`,
      help,
    ]);
    const commands = Object.entries(COMMANDS).map(([word, { usage, help }]) => [
      usage === undefined ? word : `${word} ${usage}`,
      help,
    ]);
    expect(rows).to.deep.equal([...options, ...commands]);
  });

  it("has the daemons that skein brings", () => {
    const [, listed = ""] = /`reactor --daemons` lists these: ([^.]*)\./.exec(text) ?? [];
    expect(listed.match(/\w+/g)).to.deep.equal(Object.keys(DAEMONS));
  });
});
