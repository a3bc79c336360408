import { expect } from "chai";
import {
  AlreadyCalledError,
  Deferred,
  fail,
  getDebugging,
  type History,
  onUnhandledFailure,
  setDebugging,
  succeed,
} from "skein/defer";
import { afterMicrotasks, watch } from "../support/outcomes.ts";

function makeHere(): Deferred<number> {
  return new Deferred<number>();
}

function fireHere(deferred: Deferred<number>): void {
  deferred.callback(1);
}

function fireAgain(deferred: Deferred<number>): string {
  try {
    deferred.callback(2);
  } catch (error) {
    if (error instanceof AlreadyCalledError) return error.message;
  }
  return "it was not refused";
}

describe("debugging", () => {
  beforeEach(() => setDebugging(true));
  afterEach(() => setDebugging(false));

  it("is off unless it is turned on", () => {
    expect(getDebugging()).to.equal(true);
    setDebugging(false);
    expect(getDebugging()).to.equal(false);
    const deferred = makeHere();
    fireHere(deferred);
    expect(fireAgain(deferred)).to.equal("this Deferred was already fired; a Deferred fires once");
  });

  it("10: has AlreadyCalledError say where the Deferred was made, and fired first", () => {
    const deferred = makeHere();
    fireHere(deferred);
    const [first, made, madeAt, ...rest] = fireAgain(deferred).split("\n");
    const fired = rest.indexOf("it was fired:");
    expect(first).to.equal("this Deferred was already fired; a Deferred fires once");
    expect(made).to.equal("it was made:");
    expect(madeAt).to.match(/^ {4}at makeHere .*debugging\.test/);
    expect(rest[fired + 1]).to.match(/^ {4}at fireHere .*debugging\.test/);
  });

  it("names the code that called, not what succeed() and errback() call inside", () => {
    const early = (function makeEarly() {
      return succeed(1);
    })();
    expect(fireAgain(early)).to.match(
      /it was made:\n {4}at makeEarly [^]*it was fired:\n {4}at makeEarly /,
    );
    const failed = new Deferred<number>();
    (function failHere() {
      failed.errback("planted");
    })();
    expect(fireAgain(failed)).to.match(/it was fired:\n {4}at failHere /);
    watch(failed);
  });

  it("knows nothing of a Deferred that was made before, and not how it was fired", () => {
    setDebugging(false);
    const before = makeHere();
    setDebugging(true);
    fireHere(before);
    expect(fireAgain(before)).not.to.include("\n");
  });

  it("gives the report of an unhandled failure the history of its Deferred", async () => {
    const histories: (History | undefined)[] = [];
    const restore = onUnhandledFailure((_failure, history) => histories.push(history));
    const deferred = makeHere();
    (function failHere() {
      deferred.errback("planted");
    })();
    setDebugging(false);
    fail("another");
    await afterMicrotasks();
    restore();
    expect(histories[0]?.made).to.match(/^ {4}at makeHere /);
    expect(histories[0]?.fired).to.match(/^ {4}at failHere /);
    expect(histories[1]).to.equal(undefined);
    watch(deferred);
  });
});
