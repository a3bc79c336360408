import { expect } from "chai";
import { Deferred, fail, type Failure, inlineCallbacks } from "skein/defer";
import { collectUnhandled } from "../support/outcomes.ts";

/** The lines that a failure's stack has beside its error's own. */
function routeOf(deferred: Deferred<unknown>): string[] {
  let route: string[] = [];
  deferred.addErrback((failure: Failure) => {
    const own = failure.value instanceof Error ? (failure.value.stack ?? "") : failure.message;
    expect(failure.stack.startsWith(own)).to.equal(true);
    route = failure.stack.slice(own.length).split("\n").slice(1);
  });
  return route;
}

describe("the stack of a failure", () => {
  const unhandled = collectUnhandled();

  afterEach(() => expect(unhandled).to.deep.equal([]));

  it("names the coroutines that the error came through, with the places of their yield*", () => {
    const source = new Deferred<void>();
    const inner = inlineCallbacks(function* inner() {
      yield* source;
    });
    const outer = inlineCallbacks(function* outer() {
      yield* inner();
    });
    const done = outer();
    source.errback(new Error("planted"));
    const route = routeOf(done);
    expect(route).to.have.lengthOf(2);
    expect(route[0]).to.match(/^ {4}at async inner .*route\.test\.ts:24:/);
    expect(route[1]).to.match(/^ {4}at async outer .*route\.test\.ts:27:/);
  });

  it("names them without the places of a plain yield", () => {
    const source = new Deferred<void>();
    const done = inlineCallbacks(function* plain() {
      yield source;
    })();
    source.errback(new Error("planted"));
    expect(routeOf(done)).to.deep.equal(["    at async plain"]);
  });

  it("does so too for what had failed before it was waited for", () => {
    const error = new Error("planted");
    const done = inlineCallbacks(function* waits() {
      yield* fail(error);
    })();
    const plain = inlineCallbacks(function* () {
      yield fail(new Error("planted"));
    })();
    expect(routeOf(done)[0]).to.match(/^ {4}at async waits .*route\.test\.ts:49:/);
    expect(routeOf(plain)).to.deep.equal(["    at async <anonymous>"]);
  });

  it("does not name one that throws an error of its own, whose stack has its place", () => {
    const source = new Deferred<void>();
    const done = inlineCallbacks(function* () {
      try {
        yield* source;
      } catch {
        throw new Error("another");
      }
    })();
    source.errback(new Error("planted"));
    expect(routeOf(done)).to.deep.equal([]);
  });

  it("does not name one that handles it", () => {
    const source = new Deferred<void>();
    const done = inlineCallbacks(function* () {
      try {
        yield* source;
      } catch {
        // As it should.
      }
    })();
    source.errback(new Error("planted"));
    expect(routeOf(done)).to.deep.equal([]);
  });

  it("keeps a bounded route of an error that is thrown again and again", () => {
    const error = new Error("planted");
    let done: Deferred<unknown> = fail(error);
    for (let i = 0; i < 100; i++) {
      const before = done;
      done = inlineCallbacks(function* again() {
        yield* before;
      })();
    }
    expect(routeOf(done)).to.have.lengthOf(32);
  });

  it("is the message of what has no stack", () => {
    const done = inlineCallbacks(function* () {
      yield fail("planted");
    })();
    expect(routeOf(done)).to.deep.equal([]);
  });
});
