import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readSources, root } from "./support/read-sources.ts";

/** By needsCommand(context, run, command, package). */
const NEEDS_COMMAND =
  /needsCommand\(\s*this,\s*spawnSync\([^)]*\),\s*"([^"]+)",\s*"([^"]+)",?\s*\)/g;
/** By needsProgram(context, name). */
const NEEDS_PROGRAM = /needsProgram\(\s*this,\s*"([^"]+)"\s*\)/g;
/** It runs .ci/run itself. */
const BASH = "bash";

describe("what CI installs", () => {
  const script = readFileSync(join(root, ".ci/run"), "utf8");
  /** Packages, and how each is asked for. */
  const lines = [...script.matchAll(/^ *need (\S+) (.+)$/gm)].map(([, name = "", how = ""]) => ({
    name,
    how,
  }));

  it("is what the tests say that they need, for they fail there without it", () => {
    const found = new Set<string>();
    const missing: string[] = [];
    for (const [file, text] of readSources("test", ".ts")) {
      for (const [, command = "", name] of text.matchAll(NEEDS_COMMAND)) {
        found.add(command);
        if (command === BASH || lines.some((line) => line.name === name)) continue;
        missing.push(`${file}: ${command}, of the package ${name}`);
      }
      for (const [, program = ""] of text.matchAll(NEEDS_PROGRAM)) {
        found.add(program);
        const ends = new RegExp(`[ /]${program}$`);
        if (!lines.some(({ how }) => ends.test(how))) missing.push(`${file}: ${program}`);
      }
    }
    expect([...found]).to.include.members(["nc", "zsh", "wrk", "curl"]);
    expect(missing).to.deep.equal([]);
  });

  it("is asked for once each", () => {
    const names = lines.map(({ name }) => name);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).to.deep.equal([]);
    expect(names).to.include.members(["wrk", "netcat-openbsd", "python3-twisted"]);
  });
});
