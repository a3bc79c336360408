import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createReactor } from "skein";
import { StringTransport } from "skein/testing";
import { readSources, root } from "../support/read-sources.ts";

type Names = Readonly<Record<string, unknown>>;

/** What the entry points export, as values. */
async function exportedValues(): Promise<Names> {
  const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    readonly exports: Names;
  };
  const keys = Object.keys(exports).filter((key) => !/json$|virtual$/.test(key));
  const modules = keys.map((key) => import(`skein${key.slice(1)}`) as Promise<Names>);
  return Object.assign({}, ...(await Promise.all(modules))) as Names;
}

/** The texts of classes, interfaces and types that any source exports. */
function declarations(): Map<string, string> {
  const texts = new Map<string, string>();
  for (const source of readSources("src", ".ts").values()) {
    for (const text of source.split(/^(?=export )/m)) {
      const name = /^export (?:abstract )?(?:class|interface|type) (\w+)/.exec(text)?.[1];
      if (name !== undefined) texts.set(name, text);
    }
  }
  return texts;
}

describe("the table of Twisted's names", () => {
  const page = readFileSync(join(root, "docs", "from", "twisted.md"), "utf8");
  const cells = page.split("\n").flatMap((line) => {
    const [, , here = ""] = line.startsWith("|") ? line.split("|") : [];
    return here.trim() === "" || /^ -+ $| here /.test(here) ? [] : [here.trim()];
  });
  const names = new Set(cells.flatMap((cell) => cell.match(/[\w.]+(?=`)/g) ?? []));

  it("is as long as Twisted's surface", () => {
    expect(names.size).to.be.greaterThan(150);
  });

  it("says for each row what is here, or that it is not", () => {
    expect(cells.filter((cell) => !/^(`[\w.]+`(, `[\w.]+`)*|not here)$/.test(cell))).to.deep.equal(
      [],
    );
  });

  it("has no name that is not exported", async () => {
    const values = await exportedValues();
    const types = declarations();
    const reactor = createReactor("libuv") as unknown as Names;
    const transport = new StringTransport() as unknown as Names;
    const isThere = (name: string): boolean => {
      const [owner = "", member] = name.split(".");
      const declared = types.get(owner) ?? "";
      if (member === undefined) return values[owner] !== undefined || declared !== "";
      if (owner === "reactor") return member in reactor;
      if (owner === "Transport" && member in transport) return true;
      if (new RegExp(`^  (\\w+ )*${member}\\b`, "m").test(declared)) return true;
      const value = values[owner];
      return typeof value === "function" && (member in value || member in Object(value.prototype));
    };
    const missing = [...names].filter((name) => !isThere(name));
    expect(missing).to.deep.equal([]);
    expect(
      ["reactor.listenTPC", "Deferred.addCalback", "NoSuchThing"].filter(isThere),
    ).to.deep.equal([]);
  });
});
