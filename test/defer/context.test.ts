import { AsyncLocalStorage } from "node:async_hooks";
import { expect } from "chai";
import {
  captureContext,
  Deferred,
  inlineCallbacks,
  NoContextError,
  succeed,
  type TakeSnapshot,
} from "skein/defer";
import { createReactor } from "skein/reactor";
import { afterMicrotasks } from "../support/outcomes.ts";

describe("the asynchronous context", () => {
  const user = new AsyncLocalStorage<string>();
  const seen: (string | undefined)[] = [];
  const look = <T>(result: T): T => {
    seen.push(user.getStore());
    return result;
  };
  let release: () => void;

  beforeEach(() => {
    release = captureContext();
    seen.length = 0;
  });

  afterEach(() => release());

  it("24: of a handler is that in which it was added", () => {
    const deferred = new Deferred<number>();
    user.run("Ada", () => deferred.addCallback(look));
    user.run("Bob", () => deferred.addBoth(look).addErrback(look));
    deferred.addCallbacks(look, look);
    user.run("Eve", () => deferred.callback(1));
    expect(seen).to.deep.equal(["Ada", "Bob", undefined]);
  });

  it("of an errback is that in which it was added", () => {
    const deferred = new Deferred<number>();
    user.run("Ada", () => deferred.addErrback(look));
    user.run("Bob", () => deferred.addCallbacks(look, look));
    user.run("Cid", () => deferred.addErrback(() => look(undefined)));
    user.run("Eve", () => deferred.errback("planted"));
    expect(seen).to.deep.equal(["Ada", "Bob", "Cid"]);
  });

  it("is that of the handler while a chain waits for another Deferred", () => {
    const inner = new Deferred<number>();
    const outer = new Deferred<number>();
    user.run("Ada", () => outer.addCallback(() => inner).addCallback(look));
    outer.callback(1);
    user.run("Eve", () => inner.callback(2));
    expect(seen).to.deep.equal(["Ada"]);
  });

  it("24: is one to a coroutine, a copy of its caller's that it can change for itself", () => {
    const waits = [new Deferred<void>(), new Deferred<void>()] as const;
    const run = inlineCallbacks(function* () {
      look(0);
      yield waits[0];
      look(0);
      user.enterWith("Bob");
      yield waits[1];
      look(0);
      yield succeed(1);
      look(0);
    });
    user.run("Ada", () => {
      run();
      look(0);
    });
    user.run("Eve", () => {
      waits[0].callback();
      look(0);
      waits[1].callback();
      look(0);
    });
    expect(seen).to.deep.equal(["Ada", "Ada", "Ada", "Eve", "Bob", "Bob", "Eve"]);
  });

  it("entered in a coroutine's first step does not leak to its caller", () => {
    user.run("Ada", () => {
      inlineCallbacks(function* () {
        user.enterWith("Bob");
        yield succeed(1);
        look(0);
      })();
      look(0);
    });
    expect(seen).to.deep.equal(["Bob", "Ada"]);
  });

  it("of delayed calls and triggers is that in which they were made", async () => {
    const reactor = createReactor("clock");
    user.run("Ada", () => reactor.callLater(1, () => look(0)));
    user.run("Bob", () => reactor.callFromThread(() => look(0)));
    user.run("Cid", () => reactor.addSystemEventTrigger("after", "startup", () => look(0)));
    user.run("Dan", () => reactor.callWhenRunning(() => look(0)));
    await user.run("Eve", () => reactor.advance(2));
    reactor.crash();
    expect(seen).to.deep.equal(["Cid", "Dan", "Bob", "Ada"]);
  });

  it("is carried by promises, whether it is captured or not", async () => {
    release();
    const deferred = new Deferred<number>();
    const waiting = user.run("Ada", async () => look(await deferred));
    await afterMicrotasks();
    user.run("Eve", () => deferred.callback(1));
    await waiting;
    expect(seen).to.deep.equal(["Ada"]);
  });

  it("is not captured once that is released", () => {
    release();
    const deferred = new Deferred<number>();
    user.run("Ada", () => deferred.addCallback(look));
    user.run("Eve", () => deferred.callback(1));
    expect(seen).to.deep.equal(["Eve"]);
  });

  it("may come from elsewhere, and whoever asked last decides", () => {
    const calls: string[] = [];
    const takeSnapshot: TakeSnapshot = () => {
      calls.push("taken");
      return (f, ...args) => {
        calls.push("entered");
        return f(...args);
      };
    };
    const releaseMine = captureContext(takeSnapshot);
    const deferred = new Deferred<number>().addCallback(look);
    releaseMine();
    user.run("Ada", () => deferred.addCallback(look));
    deferred.callback(1);
    expect(calls).to.deep.equal(["taken", "entered"]);
    expect(seen).to.deep.equal([undefined, "Ada"]);
  });

  it("cannot be captured where the platform has none", () => {
    const getBuiltinModule = process.getBuiltinModule.bind(process);
    Reflect.set(process, "getBuiltinModule", undefined);
    try {
      expect(() => captureContext()).to.throw(NoContextError, /no AsyncLocalStorage/);
    } finally {
      process.getBuiltinModule = getBuiltinModule;
    }
  });
});
