import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Sources } from "./support/layering.ts";
import { readSources, root } from "./support/read-sources.ts";
import { deadFiles, entryPoints, longFiles, longLines } from "./support/tidiness.ts";
import type { Manifest } from "./support/tidiness.ts";

/** Files of src that may be longer than the limit. */
const LONG_FILES: ReadonlySet<string> = new Set([
  // One machine, whose parts share private state; its documentation is a third of it.
  "src/defer/deferred.ts",
]);

const files = (texts: Record<string, string>): Sources => new Map(Object.entries(texts));

describe("tidiness", () => {
  const src = readSources("src", ".ts");

  it("has no line over 100 columns", () => {
    const all = [src, readSources("test", ".ts"), readSources("scripts", "")];
    expect(all.flatMap(longLines)).to.deep.equal([]);
  });

  it("finds a long line, counting characters", () => {
    const planted = files({ "a.ts": `ok\n${"x".repeat(101)}\n`, "b.ts": "🧶".repeat(100) });
    expect(longLines(planted)).to.deep.equal(["a.ts:2: 101 columns"]);
  });

  it("has no file in src over 400 lines", () => {
    expect(longFiles(src, LONG_FILES)).to.deep.equal([]);
  });

  it("finds a long file, and an exception that is needed no longer", () => {
    const planted = files({ "a.ts": "\n".repeat(401), "b.ts": "\n".repeat(400) });
    expect(longFiles(planted, new Set(["b.ts"]))).to.deep.equal([
      "a.ts: 401 lines",
      "b.ts: needs no exception",
    ]);
    expect(longFiles(planted, new Set(["a.ts"]))).to.deep.equal([]);
  });

  it("has no dead file in src", () => {
    const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;
    expect(deadFiles(src, entryPoints(manifest))).to.deep.equal([]);
  });

  it("finds the entry points under every condition", () => {
    const manifest = {
      bin: { x: "./dist/cli/main.js" },
      exports: {
        ".": { "@skein/source": "./src/index.ts", types: "./dist/index.d.ts" },
        "./a": { browser: { default: "./dist/a/browser.js" }, default: "./dist/a/index.js" },
        "./package.json": "./package.json",
      },
    };
    expect(entryPoints(manifest)).to.have.members([
      "src/index.ts",
      "src/a/browser.ts",
      "src/a/index.ts",
      "src/cli/main.ts",
    ]);
  });

  it("finds dead files and missing entries, but takes a worker's main file for an entry", () => {
    const planted = files({
      "src/index.ts": 'export * from "./a.ts";',
      "src/a.ts": 'import type { B } from "./b.ts";\nawait import("./c.ts");',
      "src/b.ts": "",
      "src/c.ts": "",
      "src/threads/worker-main.ts": 'import "./used.ts";',
      "src/threads/used.ts": "",
      "src/dead.ts": 'import "./deader.ts";',
      "src/deader.ts": "",
    });
    expect(deadFiles(planted, ["src/index.ts", "src/gone.ts"])).to.deep.equal([
      "src/gone.ts: entry without a file",
      "src/dead.ts: dead file",
      "src/deader.ts: dead file",
    ]);
  });
});
