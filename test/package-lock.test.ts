import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { lockProblems, type PackageLock } from "./support/package-lock.ts";
import { root } from "./support/read-sources.ts";

describe("package-lock.json", () => {
  it("is one that `npm ci` takes on every platform, from any registry", () => {
    const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as PackageLock;
    expect(lockProblems(lock)).to.deep.equal([]);
  });

  it("lacks nothing: a planted hole, and a registry's name, are found", () => {
    const integrity = "sha512-x";
    const planted: PackageLock = {
      packages: {
        "": { optionalDependencies: { a: "1.0.0" } },
        "node_modules/a": { integrity, dependencies: { b: "1.0.0", c: "1.0.0" } },
        "node_modules/a/node_modules/b": { integrity, optionalDependencies: { d: "1.0.0" } },
        "node_modules/c": { integrity, resolved: "https://registry.example/c.tgz" },
        "node_modules/e": {},
      },
    };
    expect(lockProblems(planted)).to.deep.equal([
      "node_modules/a/node_modules/b: d is missing",
      "node_modules/c: resolved from https://registry.example/c.tgz",
      "node_modules/e: no integrity",
    ]);
  });
});
