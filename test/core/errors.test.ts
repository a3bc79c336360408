import { expect } from "chai";
import { BadOptionError, messageOf, QueueFullError, SkeinError } from "../../src/core/errors.ts";

describe("errors", () => {
  it("have a name, a stable code and a base class", () => {
    const errors = [new BadOptionError("planted"), new QueueFullError("planted")];
    for (const error of errors) {
      expect(error).to.be.instanceOf(SkeinError).and.instanceOf(Error);
      expect(error.message).to.equal("planted");
    }
    expect(errors.map(({ name }) => name)).to.deep.equal(["BadOptionError", "QueueFullError"]);
    expect(errors.map(({ code }) => code)).to.deep.equal(["ERR_BAD_OPTION", "ERR_QUEUE_FULL"]);
    expect(String(errors[0])).to.equal("BadOptionError: planted");
  });

  it("keep their cause", () => {
    const cause = new Error("why");
    expect(new BadOptionError("planted", { cause }).cause).to.equal(cause);
  });
});

describe("messageOf", () => {
  it("gives an Error's message, without its name", () => {
    expect(messageOf(new RangeError("planted"))).to.equal("planted");
  });

  it("gives the text of anything else", () => {
    const thrown = [undefined, null, "text", 7, Symbol("odd"), ["a", "b"]];
    expect(thrown.map(messageOf)).to.deep.equal([
      "undefined",
      "null",
      "text",
      "7",
      "Symbol(odd)",
      "a,b",
    ]);
  });

  it("gives a text even for what has none", () => {
    expect(messageOf(Object.create(null))).to.equal("something that has no text");
  });
});
