import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { tooOld } from "../../src/cli/node-version.ts";
import { root } from "../support/read-sources.ts";

describe("reactor: a version of Node", () => {
  for (const version of ["18.20.8", "20.18.3", "21.7.3", "22.11.0", "0.10.48"]) {
    it(`${version} is refused in a sentence that says which are good`, () => {
      expect(tooOld(version)).to.equal(
        `Node ${version} is too old: skein needs 20.19 or newer, or 22.12 or newer; ` +
          "see https://nodejs.org/en/download",
      );
    });
  }

  for (const version of ["20.19.0", "22.12.0", "23.0.0", "26.1.0", "30.0.0-nightly2027"]) {
    it(`${version} is good`, () => {
      expect(tooOld(version)).to.equal(undefined);
    });
  }

  it("is what the package's manifest says", () => {
    const { engines } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      engines: { node: string };
    };
    expect(engines.node).to.equal("^20.19.0 || >=22.12.0");
  });
});
