import { expect } from "chai";
import { CancelledError, Deferred, inlineCallbacks } from "skein/defer";
import { Factory, Protocol } from "skein/protocols";
import { createReactor, type Reactor, ReactorAlreadyRunningError } from "skein/reactor";
import { deferLater, ExitError, react } from "skein/task";
import { collectUnhandled, errorOf, raise } from "../support/outcomes.ts";

describe("react", () => {
  const unhandled = collectUnhandled();
  afterEach(() => expect(unhandled).to.deep.equal([]));

  /** A reactor on virtual time, and the errors that are told to it. */
  function reporting() {
    const errors: (readonly [doing: string, error: unknown])[] = [];
    const reactor = createReactor("clock", {
      onError: (error, doing) => void errors.push([doing, error]),
    });
    return { reactor, errors };
  }

  it("runs the reactor until main's Deferred has fired, then stops it: status 0", async () => {
    const { reactor, errors } = reporting();
    let calls = 0;
    const tick = (): void => {
      calls++;
      reactor.callLater(1, tick);
    };
    tick();
    expect(await react(() => deferLater(reactor, 5.5), { reactor })).to.equal(0);
    expect(calls).to.equal(6);
    expect(reactor.seconds()).to.equal(5.5);
    expect(reactor.running).to.equal(false);
    expect(errors).to.deep.equal([]);
  });

  it("calls main with the reactor and the arguments, before it returns", async () => {
    const { reactor } = reporting();
    const given: unknown[] = [];
    const main = (on: Reactor<"clock">, host: string, port: number): void => {
      given.push(on, host, port, on.running);
    };
    const status = react(main, { reactor, args: ["host", 80] });
    expect(given).to.deep.equal([reactor, "host", 80, false]);
    expect(await status).to.equal(0);
  });

  it("waits for the promise of an async main", async () => {
    const { reactor } = reporting();
    const log: number[] = [];
    async function main(): Promise<void> {
      await deferLater(reactor, 5);
      log.push(reactor.seconds());
      await deferLater(reactor, 5);
      log.push(reactor.seconds());
    }
    expect(await react(main, { reactor })).to.equal(0);
    expect(log).to.deep.equal([5, 10]);
  });

  it("runs the shutdown's triggers before it fires", async () => {
    const { reactor } = reporting();
    const log: string[] = [];
    reactor.addSystemEventTrigger("before", "shutdown", () =>
      deferLater(reactor, 1, () => log.push("drained")),
    );
    reactor.addSystemEventTrigger("after", "shutdown", () => log.push("over"));
    await react(() => {}, { reactor });
    expect(log).to.deep.equal(["drained", "over"]);
  });

  it("may be used again on the same reactor", async () => {
    const { reactor } = reporting();
    expect(await react(() => deferLater(reactor, 1), { reactor })).to.equal(0);
    expect(await react(() => raise(new ExitError(4)), { reactor })).to.equal(4);
    expect(reactor.seconds()).to.equal(1);
  });

  describe("status", () => {
    const planted = new RangeError("planted");

    for (const [what, main] of Object.entries<(reactor: Reactor) => unknown>({
      "main throws": () => raise(planted),
      "main's Deferred fails": (reactor) => deferLater(reactor, 1, () => raise(planted)),
      "main's promise rejects": () => Promise.reject(planted),
    })) {
      it(`is 1 when ${what}, and the error is told to the reactor, once`, async () => {
        const { reactor, errors } = reporting();
        expect(await react(main, { reactor })).to.equal(1);
        expect(errors).to.deep.equal([["running main", planted]]);
        expect(reactor.running).to.equal(false);
      });
    }

    it("is 1 when something in main was cancelled, but not by the stop", async () => {
      const { reactor, errors } = reporting();
      const main = (): Deferred<void> => {
        const wait = new Deferred<void>();
        reactor.callLater(1, () => wait.cancel());
        return wait;
      };
      expect(await react(main, { reactor })).to.equal(1);
      expect(errors[0]?.[1]).to.be.instanceOf(CancelledError);
    });

    it("is an ExitError's, which is not reported", async () => {
      for (const status of [0, 3, 255]) {
        const { reactor, errors } = reporting();
        const main = (): Deferred<unknown> =>
          deferLater(reactor, 1, () => raise(new ExitError(status)));
        expect(await react(main, { reactor })).to.equal(status);
        expect(errors).to.deep.equal([]);
      }
    });

    it("is a whole number from 0 to 255", () => {
      for (const status of [-1, 256, 1.5, NaN]) {
        expect(() => new ExitError(status))
          .to.throw()
          .with.property("code", "ERR_BAD_OPTION");
      }
      expect(new ExitError(3)).to.include({ status: 3, code: "ERR_EXIT" });
    });

    it("is 1 when the reactor crashes with an error", async () => {
      const { reactor, errors } = reporting();
      const main = (): Deferred<void> => {
        reactor.callLater(1, () => reactor.crash(planted));
        return new Deferred<void>();
      };
      expect(await react(main, { reactor })).to.equal(1);
      expect(errors).to.deep.equal([["running the reactor", planted]]);
    });
  });

  describe("when the reactor is stopped before main has ended", () => {
    it("cancels main's Deferred, which is no failure then", async () => {
      const { reactor, errors } = reporting();
      let cancelled = 0;
      reactor.callLater(5, () => reactor.stop());
      const main = (): Deferred<void> => new Deferred<void>(() => void cancelled++);
      expect(await react(main, { reactor })).to.equal(0);
      expect(cancelled).to.equal(1);
      expect(errors).to.deep.equal([]);
    });

    it("awaits what main does about it, before the shutdown goes on", async () => {
      const { reactor } = reporting();
      const log: string[] = [];
      reactor.callLater(5, () => reactor.stop());
      reactor.addSystemEventTrigger("during", "shutdown", () => log.push("during"));
      const main = inlineCallbacks(function* () {
        try {
          yield new Deferred();
        } catch {
          log.push("cancelled");
          yield deferLater(reactor, 3);
          log.push(`tidied up at ${reactor.seconds()}`);
        }
      });
      expect(await react(main, { reactor })).to.equal(0);
      expect(log).to.deep.equal(["cancelled", "tidied up at 8", "during"]);
    });

    it("awaits what an async main does about it, under inlineCallbacks", async () => {
      const { reactor } = reporting();
      const log: string[] = [];
      reactor.callLater(5, () => reactor.stop());
      const main = inlineCallbacks(async () => {
        try {
          await new Deferred();
        } finally {
          await deferLater(reactor, 3);
          log.push(`tidied up at ${reactor.seconds()}`);
        }
      });
      expect(await react(main, { reactor })).to.equal(0);
      expect(log).to.deep.equal(["tidied up at 8"]);
    });

    it("takes another error of main's for a failure", async () => {
      const { reactor, errors } = reporting();
      const planted = new RangeError("planted");
      reactor.callLater(5, () => reactor.stop());
      const main = (): Deferred<void> =>
        new Deferred<void>((cancelled) => cancelled.errback(planted));
      expect(await react(main, { reactor })).to.equal(1);
      expect(errors).to.deep.equal([["running main", planted]]);
    });

    it("takes main's ExitError for the status", async () => {
      const { reactor } = reporting();
      const main = (): Deferred<void> => {
        reactor.stop();
        return new Deferred<void>((cancelled) => cancelled.errback(new ExitError(5)));
      };
      expect(await react(main, { reactor })).to.equal(5);
    });

    it("by a crash cancels main's Deferred too", async () => {
      const { reactor, errors } = reporting();
      let cancelled = 0;
      const main = (): Deferred<void> => {
        reactor.callLater(1, () => reactor.crash());
        return new Deferred<void>(() => void cancelled++);
      };
      expect(await react(main, { reactor })).to.equal(0);
      expect(cancelled).to.equal(1);
      expect(errors).to.deep.equal([]);
    });

    it("by a crash leaves a main that goes on no part in the next run", async () => {
      const { reactor } = reporting();
      const first = new Deferred<void>();
      const stubborn = inlineCallbacks(function* () {
        try {
          yield new Deferred();
        } catch {
          yield first;
        }
      });
      reactor.callLater(1, () => reactor.crash());
      expect(await react(stubborn, { reactor })).to.equal(0);
      // Its end does not stop the next run, nor does that wait for it.
      reactor.callLater(1, () => first.callback());
      expect(await react(() => deferLater(reactor, 5), { reactor })).to.equal(0);
      expect(reactor.seconds()).to.equal(6);
      reactor.callLater(1, () => reactor.crash());
      const second = inlineCallbacks(function* () {
        for (;;) {
          try {
            yield new Deferred();
          } catch {
            // It is never cancelled.
          }
        }
      });
      expect(await react(second, { reactor })).to.equal(0);
      expect(await react(() => {}, { reactor })).to.equal(0);
    });
  });

  describe("on a clock on which nothing is left to happen", () => {
    it("cancels a main that waits in vain: status 1, and one line that says so", async () => {
      const { reactor, errors } = reporting();
      let cancelled = 0;
      const main = inlineCallbacks(function* () {
        yield deferLater(reactor, 3);
        yield new Deferred<void>(() => void cancelled++);
      });
      expect(await react(main, { reactor })).to.equal(1);
      expect(cancelled).to.equal(1);
      const [[doing, error]] = errors as [[string, Error]];
      expect(errors).to.have.length(1);
      expect(doing).to.equal("running main");
      expect(error).to.include({ name: "StalledError", code: "ERR_STALLED" });
      expect(error.stack).to.equal(
        "StalledError: main waits for what can never happen: at 3 s nothing is left to happen on " +
          "virtual time, where real timers and sockets do not count; " +
          "nothing is open on the reactor",
      );
    });

    it("says what is open, as far as that fits", async () => {
      const { reactor, errors } = reporting();
      const main = async (): Promise<void> => {
        for (const port of [1, 2, 3, 4, 5]) {
          await reactor.listenTCP(port, Factory.forProtocol(Protocol), { interface: "127.0.0.1" });
        }
        await new Promise(() => {});
      };
      expect(await react(main, { reactor })).to.equal(1);
      expect(String(errors[0]?.[1])).to.match(
        /open are: port 127\.0\.0\.1:1, port 127\.0\.0\.1:2, port 127\.0\.0\.1:3 and 2 more$/,
      );
    });

    it("awaits what main does about it, and takes its ExitError for the status", async () => {
      const { reactor, errors } = reporting();
      const main = inlineCallbacks(function* () {
        try {
          yield new Deferred();
        } catch {
          yield deferLater(reactor, 3);
        }
        throw new ExitError(5);
      });
      expect(await react(main, { reactor })).to.equal(5);
      expect(reactor.seconds()).to.equal(3);
      expect(errors.map(([, error]) => (error as Error).name)).to.deep.equal(["StalledError"]);
    });

    it("has nothing against a main that has ended, whatever ends after it", async () => {
      const { reactor, errors } = reporting();
      expect(await react(() => new Deferred(), { reactor })).to.equal(1);
      errors.length = 0;
      reactor.addSystemEventTrigger("before", "shutdown", () => deferLater(reactor, 1));
      expect(await react(() => deferLater(reactor, 1), { reactor })).to.equal(0);
      reactor.callLater(1, () => reactor.stop());
      expect(await react(() => new Deferred(), { reactor })).to.equal(0);
      expect(errors).to.deep.equal([]);
    });
  });

  it("cancelled stops the reactor, and fails with CancelledError at once", async () => {
    const { reactor, errors } = reporting();
    let cancelled = 0;
    const over = new Promise<void>((resolve) => {
      reactor.addSystemEventTrigger("after", "shutdown", () => resolve());
    });
    const done = react(() => new Deferred<void>(() => void cancelled++), { reactor });
    done.cancel();
    expect(errorOf(done)).to.be.instanceOf(CancelledError);
    await over;
    expect(cancelled).to.equal(1);
    expect(errors).to.deep.equal([]);
  });

  it("throws when the reactor runs already, and does not call main", async () => {
    const { reactor } = reporting();
    const stopped = reactor.run();
    let called = false;
    const main = (): void => {
      called = true;
    };
    expect(() => react(main, { reactor })).to.throw(ReactorAlreadyRunningError);
    await stopped;
    expect(called).to.equal(false);
  });

  it("asks for the arguments that main takes, in its type", () => {
    const reactor = createReactor("clock");
    const main = (_: Reactor, host: string): string => host;
    const attempts: (() => unknown)[] = [
      // @ts-expect-error -- main needs a host
      () => react(main, { reactor }),
      // @ts-expect-error -- the host is a string
      () => react(main, { reactor, args: [80] }),
      // @ts-expect-error -- the clock cannot do this
      () => react((_: Reactor<"tcp">) => {}, { reactor: createReactor("timer") }),
      () => react(main, { reactor, args: ["host"] }),
      () => react((on) => on.advance(1), { reactor }),
    ];
    expect(attempts).to.have.lengthOf(5);
  });
});
