import { expect } from "chai";
import { CancelledError, Deferred, inlineCallbacks } from "skein/defer";
import { afterMicrotasks, collectUnhandled, errorOf, watch } from "../support/outcomes.ts";

/** A Deferred whose cancelling is logged. */
function logged(log: string[], name: string): Deferred<string> {
  return new Deferred<string>(() => void log.push(`${name} cancelled`));
}

const kinds = {
  "async function": (wait: () => PromiseLike<unknown>, log: string[]) =>
    inlineCallbacks(async () => {
      try {
        log.push(`got ${String(await wait())}`);
      } catch (error) {
        log.push(`caught ${(error as Error).name}`);
        throw error;
      } finally {
        log.push("cleaned up");
      }
    }),
  "async function*": (wait: () => PromiseLike<unknown>, log: string[]) =>
    inlineCallbacks(async function* () {
      try {
        log.push(`got ${String(yield wait())}`);
      } catch (error) {
        log.push(`caught ${(error as Error).name}`);
        throw error;
      } finally {
        log.push("cleaned up");
      }
    }),
};

for (const [kind, waitingFor] of Object.entries(kinds)) {
  describe(`cancelling an ${kind} under inlineCallbacks`, () => {
    const unhandled = collectUnhandled();
    const log: string[] = [];

    beforeEach(() => (log.length = 0));
    afterEach(() => expect(unhandled).to.deep.equal([]));

    it("22: cancels the Deferred that it awaits, so that it is thrown at the await", async () => {
      const wait = logged(log, "wait");
      const done = waitingFor(() => wait, log)();
      const outcomes = watch(done);
      await afterMicrotasks();
      done.cancel();
      expect(log).to.deep.equal(["wait cancelled"]);
      expect(outcomes).to.deep.equal([]);
      await afterMicrotasks();
      expect(log).to.deep.equal(["wait cancelled", "caught CancelledError", "cleaned up"]);
      expect(outcomes).to.have.lengthOf(1);
    });

    it("reaches it behind promises and async functions of its own", async () => {
      const wait = logged(log, "wait");
      const helper = async (): Promise<unknown> => {
        await Promise.resolve();
        return { got: await wait };
      };
      const done = waitingFor(async () => {
        await Promise.resolve();
        return helper();
      }, log)();
      watch(done);
      await afterMicrotasks();
      done.cancel();
      await afterMicrotasks();
      expect(log).to.deep.equal(["wait cancelled", "caught CancelledError", "cleaned up"]);
    });

    it("reaches all that it awaits at once", async () => {
      const waits = ["first", "second"].map((name) => logged(log, name));
      const done = waitingFor(() => Promise.all(waits), log)();
      watch(done);
      await afterMicrotasks();
      done.cancel();
      expect(log).to.deep.equal(["first cancelled", "second cancelled"]);
      await afterMicrotasks();
    });

    it("does not reach what it awaited before", async () => {
      const before = logged(log, "before");
      const wait = logged(log, "wait");
      const done = waitingFor(async () => {
        await before;
        return wait;
      }, log)();
      watch(done);
      await afterMicrotasks();
      before.callback("over");
      await afterMicrotasks();
      done.cancel();
      expect(log).to.deep.equal(["wait cancelled"]);
      await afterMicrotasks();
    });

    it("while it awaits a promise fails it at once, and its next await after that", async () => {
      let release: () => void = () => {};
      const promise = new Promise<void>((resolve) => (release = resolve));
      const next = logged(log, "next");
      const done = waitingFor(async () => {
        await promise;
        return next;
      }, log)();
      await afterMicrotasks();
      done.cancel();
      expect(errorOf(done)).to.be.instanceOf(CancelledError);
      expect(log).to.deep.equal([]);
      release();
      await afterMicrotasks();
      expect(log.slice(0, 2)).to.deep.equal(["next cancelled", "caught CancelledError"]);
    });

    it("right after it was called fails it at once, and then its first await", async () => {
      const done = waitingFor(() => logged(log, "wait"), log)();
      done.cancel();
      expect(errorOf(done)).to.be.instanceOf(CancelledError);
      await afterMicrotasks();
      expect(log.slice(0, 2)).to.deep.equal(["wait cancelled", "caught CancelledError"]);
    });

    it("does not reach what is awaited by a coroutine that it did not wait for", async () => {
      const own = logged(log, "own");
      const others = logged(log, "other's");
      const outer = waitingFor(() => {
        watch(inlineCallbacks(async () => void (await others))());
        return own;
      }, log)();
      watch(outer);
      await afterMicrotasks();
      outer.cancel();
      expect(log).to.deep.equal(["own cancelled"]);
      await afterMicrotasks();
    });

    it("reaches through a coroutine that it awaits", async () => {
      const wait = logged(log, "wait");
      const inner = inlineCallbacks(async () => ({ got: await wait }));
      const done = waitingFor(() => inner(), log)();
      watch(done);
      await afterMicrotasks();
      done.cancel();
      await afterMicrotasks();
      expect(log).to.deep.equal(["wait cancelled", "caught CancelledError", "cleaned up"]);
    });
  });
}

describe("an async function that was cancelled", () => {
  const unhandled = collectUnhandled();

  afterEach(() => expect(unhandled).to.deep.equal([]));

  it("22: may catch it and go on; a second cancel goes to the new wait", async () => {
    const log: string[] = [];
    const waits = ["first", "second"].map((name) => logged(log, name));
    const done = inlineCallbacks(async () => {
      for (const wait of waits) {
        try {
          await wait;
        } catch {
          log.push("caught");
        }
      }
      return "went on";
    })();
    const outcomes = watch(done);
    await afterMicrotasks();
    done.cancel();
    await afterMicrotasks();
    expect(outcomes).to.deep.equal([]);
    done.cancel();
    await afterMicrotasks();
    expect(log).to.deep.equal(["first cancelled", "caught", "second cancelled", "caught"]);
    expect(outcomes).to.deep.equal(["went on"]);
  });

  it("may wait for its clean-up", async () => {
    const log: string[] = [];
    const closing = logged(log, "closing");
    const done = inlineCallbacks(async () => {
      try {
        await new Deferred<void>();
      } finally {
        log.push(await closing);
      }
    })();
    const outcomes = watch(done);
    await afterMicrotasks();
    done.cancel();
    await afterMicrotasks();
    expect(outcomes).to.deep.equal([]);
    closing.callback("closed");
    await afterMicrotasks();
    expect(log).to.deep.equal(["closed"]);
    expect(outcomes).to.have.lengthOf(1);
  });

  it("has its outcome ignored when it was given up", async () => {
    const done = inlineCallbacks(async () => {
      await Promise.resolve();
      throw new Error("too late");
    })();
    done.cancel();
    expect(errorOf(done)).to.be.instanceOf(CancelledError);
    await afterMicrotasks();
  });
});

describe("an async generator that was cancelled", () => {
  it("while it awaits a promise is ended at its next yield, with its finally blocks", async () => {
    const log: string[] = [];
    let release: () => void = () => {};
    const promise = new Promise<void>((resolve) => (release = resolve));
    const done = inlineCallbacks(async function* () {
      try {
        await promise;
        log.push("goes on to the yield");
        yield 1;
        log.push("not reached");
      } finally {
        log.push("cleaned up");
      }
    })();
    await afterMicrotasks();
    done.cancel();
    expect(errorOf(done)).to.be.instanceOf(CancelledError);
    release();
    await afterMicrotasks();
    expect(log).to.deep.equal(["goes on to the yield", "cleaned up"]);
  });
});

describe("where the platform has no asynchronous contexts", () => {
  it("cancelling an async function fails its Deferred at once, and reaches nothing", async () => {
    // What a platform has is looked up once, so that it takes a fresh copy of the module.
    const getBuiltinModule = process.getBuiltinModule.bind(process);
    Reflect.set(process, "getBuiltinModule", undefined);
    try {
      const fresh = "../../src/defer/async-coroutine.ts?without-contexts";
      const { AsyncCoroutine } = (await import(
        fresh
      )) as typeof import("../../src/defer/async-coroutine.ts");
      const log: string[] = [];
      const wait = logged(log, "wait");
      const { done } = new AsyncCoroutine(async () => void log.push(await wait));
      await afterMicrotasks();
      done.cancel();
      // Of a fresh copy of its class, too.
      expect(errorOf(done)).to.include({ name: "CancelledError" });
      wait.callback("goes on");
      await afterMicrotasks();
      expect(log).to.deep.equal(["goes on"]);
    } finally {
      process.getBuiltinModule = getBuiltinModule;
    }
  });
});
