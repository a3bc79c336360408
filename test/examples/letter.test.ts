import { expect } from "chai";
import { successResultOf } from "skein/testing";
import { expectLetter } from "../../examples/letter/letter.ts";

describe("a letter", () => {
  it("goes through the chain to the one it is for", () => {
    const { letter, heard } = expectLetter();
    letter.callback("the tea is ready");
    expect(successResultOf(heard)).to.equal("a letter for you: the tea is ready");
  });

  it("goes into the shredder when it is junk", () => {
    const { letter, heard } = expectLetter();
    letter.callback("Dear friend, you have won a teapot");
    expect(successResultOf(heard)).to.equal("buzzzzz: this letter is junk");
  });
});
