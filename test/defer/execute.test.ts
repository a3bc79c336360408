import { expect } from "chai";
import { execute, Failure, succeed } from "skein/defer";
import { raise, watch } from "../support/outcomes.ts";

describe("execute", () => {
  it("calls the function with its arguments, and has fired with what it returns", () => {
    expect(watch(execute((a: number, b: number) => a - b, 5, 3))).to.deep.equal([2]);
    expect(watch(execute(() => {}))).to.deep.equal([undefined]);
  });

  it("has failed with what the function throws", () => {
    expect(watch(execute(() => raise("planted")))).to.deep.equal([{ failed: "planted" }]);
  });

  it("has failed with a Failure that the function returns", () => {
    expect(watch(execute(() => new Failure("planted")))).to.deep.equal([{ failed: "planted" }]);
  });

  it("does not wait for a promise: that is the value, for one who puts it in a list, say", () => {
    const promise = Promise.resolve("value");
    const seen: unknown[] = [];
    execute(() => promise).addCallback((value) => void seen.push(value));
    expect(seen).to.deep.equal([promise]);
  });

  it("throws for a function that returns a Deferred", () => {
    expect(() => execute(() => succeed(1))).to.throw(TypeError, "takes a value");
  });
});
