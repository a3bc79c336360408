import { expect } from "chai";
import {
  argumentsCannotCross,
  cannotCross,
  CannotCrossError,
  packError,
  unpackError,
} from "../../src/core/crossing.ts";
import { raise } from "../support/outcomes.ts";

/** Packs an error, copies it as a message to a thread is copied, and unpacks it. */
function crossed(thrown: unknown): Error & { code?: unknown } {
  return unpackError(structuredClone(packError(thrown)));
}

describe("an error that crosses", () => {
  it("keeps its name, message and stack", () => {
    const error = new RangeError("7 is too many");
    const arrived = crossed(error);
    expect(arrived).to.be.instanceOf(Error);
    expect(arrived).to.include({ name: "RangeError", message: "7 is too many" });
    expect(arrived.stack).to.equal(error.stack);
  });

  it("keeps a code that is a string or a number, and no other", () => {
    expect(crossed(Object.assign(new Error(), { code: "ENOENT" })).code).to.equal("ENOENT");
    expect(crossed(Object.assign(new Error(), { code: 7 })).code).to.equal(7);
    expect(crossed(Object.assign(new Error(), { code: () => {} }))).not.to.have.property("code");
    expect(crossed(new Error("planted"))).not.to.have.property("code");
  });

  it("keeps its causes", () => {
    const root = Object.assign(new TypeError("root"), { code: "ERR_ROOT" });
    const arrived = crossed(new Error("top", { cause: new Error("middle", { cause: root }) }));
    const middle = arrived.cause as Error;
    expect(middle.message).to.equal("middle");
    expect(middle.cause).to.include({ name: "TypeError", message: "root", code: "ERR_ROOT" });
    expect(middle.cause).not.to.have.property("cause");
  });

  it("keeps a cause that is no Error, as one", () => {
    expect(crossed(new Error("top", { cause: "text" })).cause).to.include({ message: "text" });
  });

  it("keeps a limited number of causes, even in a circle", () => {
    const error = new Error("round");
    error.cause = error;
    let count = 0;
    for (let at: unknown = crossed(error); at instanceof Error; at = at.cause) count++;
    expect(count).to.equal(9);
  });

  it("crosses without what is no text of it, or cannot be read", () => {
    const odd = Object.assign(new Error(), { name: Symbol("odd"), message: { f() {} } });
    odd.stack = [() => {}] as never;
    expect(crossed(odd)).to.include({ name: "Error", message: "[object Object]" });
    const sealed = new Error("planted");
    for (const name of ["stack", "name", "message", "code", "cause"]) {
      Object.defineProperty(sealed, name, { get: () => raise(new Error("not to be read")) });
    }
    expect(crossed(sealed)).to.include({ name: "Error", message: "" });
  });

  it("becomes an Error when it was none", () => {
    for (const [thrown, message] of [
      ["text", "text"],
      [undefined, "undefined"],
      [null, "null"],
      [Object.create(null), "something that has no text"],
    ] as const) {
      const arrived = crossed(thrown);
      expect(arrived).to.include({ name: "Error", message });
    }
  });
});

describe("what cannot cross", () => {
  function messageFor(value: unknown): string {
    return cannotCross("the result of f()", value, undefined).message;
  }

  it("is told with what it is, and with its cause", () => {
    const cause = new Error("from structuredClone");
    const error = cannotCross("the result of f()", () => {}, cause);
    expect(error).to.be.instanceOf(CannotCrossError);
    expect(error).to.include({ name: "CannotCrossError", code: "ERR_CANNOT_CROSS", cause });
    expect(error.message).to.equal(
      "the result of f() cannot cross to or from a worker: it is a function; " +
        "pass plain data instead",
    );
  });

  it("is named by its path in objects and arrays", () => {
    expect(messageFor({ a: { b: [1, { c() {} }] } })).to.include("its .a.b[1].c is a function");
    expect(messageFor([[Symbol("odd")]])).to.include("its [0][0] is a symbol");
  });

  it("is named by its path in Maps and Sets", () => {
    const map = new Map<string, unknown>([
      ["fine", 1],
      ["odd", { call: () => {} }],
    ]);
    expect(messageFor({ map })).to.include("its .map.get(odd).call is a function");
    expect(messageFor(new Map([[() => {}, 1]]))).to.include("its .keys() is a function");
    expect(messageFor(new Set([() => {}]))).to.include("its .values() is a function");
  });

  it("is told by its class, when it is an object", () => {
    expect(messageFor({ wait: Promise.resolve() })).to.include("its .wait is a Promise");
    expect(messageFor([new WeakMap()])).to.include("its [0] is a WeakMap");
  });

  it("is found in values that go round in circles", () => {
    const round: Record<string, unknown> = {};
    round["self"] = round;
    round["f"] = () => {};
    expect(messageFor(round)).to.include("its .f is a function");

    const back: Record<string, unknown> = { list: [] };
    (back["list"] as unknown[]).push(back);
    back["part"] = { back, whole: [back] };
    back["f"] = () => {};
    expect(messageFor(back)).to.include("its .f is a function");
  });

  it("is not confused with parts that are copied, or left out", () => {
    const error = Object.assign(new Error("fine"), { handler: () => {} });
    expect(messageFor([new Date(), /fine/, error, () => {}])).to.include("its [3] is a function");
    const hidden = Object.defineProperty({ f: Symbol("odd") }, "hidden", { value: () => {} });
    expect(messageFor(hidden)).to.include("its .f is a symbol");
  });

  it("is told by the argument that it is a part of", () => {
    const error = argumentsCannotCross("hash", [1, { a: () => {} }, () => {}], undefined);
    expect(error.message).to.include("argument 2 of hash()").and.include("its .a is a function");
  });
});
