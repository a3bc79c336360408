import { expect } from "chai";
import { didYouMean } from "../../src/application/did-you-mean.ts";

const NAMES = ["--port", "--host", "--idle-seconds", "--q"];

describe("did you mean", () => {
  const near: [written: string, meant: string][] = [
    ["--prot", "--port"],
    ["--PORT", "--port"],
    ["--por", "--port"],
    ["--hosts", "--host"],
    ["--idleSeconds", "--idle-seconds"],
    ["--idle-second", "--idle-seconds"],
  ];
  for (const [written, meant] of near) {
    it(`${meant}, when it says ${written}`, () => {
      expect(didYouMean(written, NAMES)).to.equal(`; did you mean ${meant}?`);
    });
  }

  for (const written of ["--colour", "--p", "--", "-x", ""]) {
    it(`nothing, when it says ${JSON.stringify(written)}`, () => {
      expect(didYouMean(written, NAMES)).to.equal("");
    });
  }

  it("the nearest one, and of several the first", () => {
    expect(didYouMean("porta", ["portal", "port", "porter"])).to.equal("; did you mean portal?");
    expect(didYouMean("cat", ["car", "can"])).to.equal("; did you mean car?");
  });
});
