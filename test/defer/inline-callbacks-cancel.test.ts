import { expect } from "chai";
import { CancelledError, Deferred, inlineCallbacks, succeed } from "skein/defer";
import { afterMicrotasks, collectUnhandled, errorOf, watch } from "../support/outcomes.ts";

describe("cancelling a function* under inlineCallbacks", () => {
  const unhandled = collectUnhandled();

  it("22: throws CancelledError at the yield", () => {
    const log: string[] = [];
    const run = inlineCallbacks(function* () {
      try {
        yield* new Deferred();
      } finally {
        log.push("cleaned up");
      }
    });
    const done = run();
    done.cancel();
    expect(log).to.deep.equal(["cleaned up"]);
    expect(errorOf(done)).to.be.instanceOf(CancelledError);
  });

  it("22: calls the canceller of what is waited for, whose outcome counts", () => {
    const run = inlineCallbacks(function* () {
      return yield* new Deferred<string>((cancelled) => cancelled.callback("partial"));
    });
    const done = run();
    done.cancel();
    expect(watch(done)).to.deep.equal(["partial"]);
  });

  it("22: may be swallowed, and the generator goes on", () => {
    const next = new Deferred<string>();
    const run = inlineCallbacks(function* () {
      try {
        yield* new Deferred();
      } catch (error) {
        expect(error).to.be.instanceOf(CancelledError);
      }
      return yield* next;
    });
    const done = run();
    done.cancel();
    expect(done.called).to.equal(false);
    next.callback("went on");
    expect(watch(done)).to.deep.equal(["went on"]);
  });

  it("22: a second time goes to the new wait", () => {
    const log: string[] = [];
    const waitFor = (name: string): Deferred<never> => new Deferred(() => void log.push(name));
    const run = inlineCallbacks(function* () {
      try {
        yield* waitFor("first");
      } catch {
        log.push("swallowed");
      }
      yield* waitFor("second");
    });
    const done = run();
    done.cancel();
    expect(log).to.deep.equal(["first", "swallowed"]);
    done.cancel();
    expect(log).to.deep.equal(["first", "swallowed", "second"]);
    expect(errorOf(done)).to.be.instanceOf(CancelledError);
  });

  it("calls those who wait for the run before the others who wait for what it waited for", () => {
    const log: string[] = [];
    const wait = new Deferred<void>();
    const done = inlineCallbacks(function* () {
      yield* wait;
    })();
    wait.addBoth(() => void log.push("waited for the same"));
    done.addBoth(() => void log.push("waited for the run"));
    done.cancel();
    expect(log).to.deep.equal(["waited for the run", "waited for the same"]);
  });

  it("reaches a run though its Deferred is paused", () => {
    const done = inlineCallbacks(function* () {
      yield* new Deferred<void>();
    })();
    done.pause();
    done.cancel();
    expect(done.called).to.equal(true);
    done.unpause();
    expect(errorOf(done)).to.be.instanceOf(CancelledError);
  });

  it("leaves a run that goes on to be fired by somebody else", () => {
    const done = inlineCallbacks(function* () {
      try {
        yield* new Deferred<string>();
      } catch {
        return yield* new Deferred<string>();
      }
      return "never";
    })();
    done.cancel();
    done.callback("by hand");
    expect(watch(done)).to.deep.equal(["by hand"]);
  });

  it("goes through nested runs to the innermost wait", () => {
    const innermost = new Deferred<string>();
    const nest = inlineCallbacks(function* (depth: number): Generator<unknown, string, never> {
      return depth === 0 ? yield* innermost : yield* nest(depth - 1);
    });
    const done = nest(10);
    done.cancel();
    expect(innermost.called).to.equal(true);
    expect(errorOf(done)).to.be.instanceOf(CancelledError);
  });

  it("goes through a chain that waits for a run", () => {
    const innermost = new Deferred<string>();
    const run = inlineCallbacks(function* () {
      return yield* innermost;
    });
    const outer = succeed(0).addCallback(() => run());
    outer.cancel();
    expect(innermost.called).to.equal(true);
    expect(errorOf(outer)).to.be.instanceOf(CancelledError);
  });

  it("does nothing once it has returned", () => {
    const run = inlineCallbacks(function* () {
      return yield* succeed("value");
    });
    const done = run();
    done.cancel();
    expect(watch(done)).to.deep.equal(["value"]);
  });

  it("ends a wait that the Deferred waited for does not survive", async () => {
    const wait = new Deferred<string>();
    const run = inlineCallbacks(function* () {
      yield* wait;
    });
    const done = run();
    done.cancel();
    expect(errorOf(done)).to.be.instanceOf(CancelledError);
    wait.callback("swallowed");
    await afterMicrotasks();
    expect(unhandled).to.deep.equal([]);
  });

  it("waits on for a Deferred that has fired, but is paused", () => {
    const wait = succeed("value");
    wait.pause();
    const run = inlineCallbacks(function* () {
      return yield* wait;
    });
    const done = run();
    done.cancel();
    expect(done.called).to.equal(false);
    wait.unpause();
    expect(watch(done)).to.deep.equal(["value"]);
  });

  describe("from within its own body", () => {
    /** Runs `body` once `go` was called, with the Deferred of the run itself. */
    function start(body: (done: Deferred<string>) => Generator<unknown, string, unknown>): {
      done: Deferred<string>;
      go: () => void;
    } {
      const gate = new Deferred<void>();
      const done: Deferred<string> = inlineCallbacks(function* () {
        yield* gate;
        return yield* body(done);
      })();
      return { done, go: () => gate.callback() };
    }

    it("is heard at the next wait", () => {
      const wait = new Deferred<string>();
      const { done, go } = start(function* (self) {
        self.cancel();
        return yield* wait;
      });
      go();
      expect(wait.called).to.equal(true);
      expect(errorOf(done)).to.be.instanceOf(CancelledError);
    });

    it("is not used up by a Deferred that has fired already", () => {
      const wait = new Deferred<string>();
      const { done, go } = start(function* (self) {
        self.cancel();
        yield 1;
        yield* succeed(2);
        return yield* wait;
      });
      go();
      expect(wait.called).to.equal(true);
      expect(errorOf(done)).to.be.instanceOf(CancelledError);
    });

    it("does nothing when nothing is waited for any more", () => {
      const { done, go } = start(function* (self) {
        self.cancel();
        return yield* succeed("value");
      });
      go();
      expect(watch(done)).to.deep.equal(["value"]);
    });

    it("counts once for each wait", () => {
      const second = new Deferred<string>();
      const { done, go } = start(function* (self) {
        self.cancel();
        try {
          yield* new Deferred();
        } catch (error) {
          expect(error).to.be.instanceOf(CancelledError);
        }
        return yield* second;
      });
      go();
      expect(second.called).to.equal(false);
      second.callback("went on");
      expect(watch(done)).to.deep.equal(["went on"]);
    });

    it("while it is being cancelled goes to the wait after that", () => {
      const log: string[] = [];
      const second = new Deferred<string>();
      const { done, go } = start(function* (self) {
        try {
          yield* new Deferred();
        } catch {
          log.push("swallowed");
          self.cancel();
        }
        return yield* second;
      });
      go();
      done.cancel();
      expect(log).to.deep.equal(["swallowed"]);
      expect(second.called).to.equal(true);
      expect(errorOf(done)).to.be.instanceOf(CancelledError);
    });

    it("ends, also when two wait for one another", () => {
      const [toOne, toOther] = [new Deferred<void>(), new Deferred<void>()];
      const wait = inlineCallbacks(function* (go: Deferred<void>, other: () => unknown) {
        yield* go;
        yield other();
      });
      const one: Deferred<void> = wait(toOne, () => other);
      const other: Deferred<void> = wait(toOther, () => one);
      toOne.callback();
      toOther.callback();
      one.cancel();
      expect([one.called, other.called]).to.deep.equal([false, false]);
    });
  });
});
