import { expect } from "chai";
import { pbkdf2 } from "node:crypto";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { Deferred, fail } from "skein/defer";
import { Factory, Protocol } from "skein/protocols";
import { BadOptionError } from "skein/reactor";
import { deferLater } from "skein/task";
import { LineClient } from "skein/testing";
import { reactorTests, TestEndedError } from "skein/testing/vitest";
import { Bench, failureOnClock, runOnClock, said } from "../../support/kit-runs.ts";

describe("a test of the kit", () => {
  it("has a reactor that runs, and virtual time that passes while it waits", async () => {
    let ended = -1;
    await runOnClock(async (reactor) => {
      expect(reactor.running).to.equal(true);
      await deferLater(reactor, 50, () => {});
      ended = reactor.seconds();
    });
    expect(ended).to.equal(50);
  });

  it("has an empty reactor, whatever the test before it has left", async () => {
    await failureOnClock((reactor) => void reactor.callLater(5, () => {}));
    await runOnClock((reactor) => {
      expect(reactor.inspect()).to.deep.equal([]);
      expect(reactor.seconds()).to.equal(0);
    });
  });

  it("waits for a Deferred that it returns", async () => {
    const error = await failureOnClock((reactor) =>
      deferLater(reactor, 1, () => {
        throw new Error("later");
      }),
    );
    expect(error.message).to.equal("later");
  });

  it("may leave connections that are closing, however long their bytes are under way", async () => {
    await runOnClock(
      async (reactor, { addCleanup }) => {
        const port = await reactor.listenTCP(0, Factory.forProtocol(Protocol));
        addCleanup(() => port.stopListening());
        const client = await LineClient.dial(reactor, port.getHost().port);
        client.close();
      },
      { clock: { latency: 0.2 } },
    );
  });

  it("stands still in virtual time while the system has something to answer", async () => {
    await runOnClock(async (reactor) => {
      const text = await readFile(import.meta.filename ?? "package.json", "utf8");
      expect(text.length).to.be.greaterThan(0);
      expect(reactor.seconds()).to.equal(0);
    });
  });

  // Before, Node told of files and names only.
  const tellsOfAll = Number.parseInt(process.versions.node, 10) >= 26;
  (tellsOfAll ? it : it.skip)("stands still while a thread of the system computes", async () => {
    await runOnClock(async (reactor) => {
      const key = await promisify(pbkdf2)("tea", "salt", 300_000, 16, "sha256");
      expect([key.length, reactor.seconds()]).to.deep.equal([16, 0]);
    });
  });

  it("runs its cleanups, the last one first, each when the one before it has ended", async () => {
    const log: string[] = [];
    await runOnClock((reactor, { addCleanup }) => {
      addCleanup(() => log.push("first"));
      addCleanup(() => deferLater(reactor, 5, () => log.push(`second, at ${reactor.seconds()}`)));
      addCleanup(() => {
        addCleanup(() => log.push("fourth"));
        log.push("third");
      });
    });
    expect(log).to.deep.equal(["third", "fourth", "second, at 5", "first"]);
  });

  it("runs its cleanups when it fails, and all of them when one fails", async () => {
    const log: string[] = [];
    const error = await failureOnClock((_reactor, { addCleanup }) => {
      addCleanup(() => log.push("first"));
      addCleanup(() => {
        throw new Error("the cleanup's");
      });
      throw new Error("the body's");
    });
    expect(log).to.deep.equal(["first"]);
    expect(error.message).to.equal("the body's\n\nBeside that: Error: the cleanup's");
  });

  it("is told so when it asks for a cleanup behind its end", async () => {
    let late = (): void => {};
    await runOnClock((_reactor, { addCleanup }) => {
      late = () => addCleanup(() => {});
    });
    expect(late).to.throw(TestEndedError, "the test has ended");
  });

  it("waits for those that run already, so that each has its own errors", async () => {
    const log: string[] = [];
    const outcomes = await Promise.all([
      failureOnClock(async (reactor) => {
        log.push("first");
        await deferLater(reactor, 1, () => {});
        fail(new Error("of the first"));
        await deferLater(reactor, 1, () => {});
        log.push("first over");
      }),
      runOnClock(async (reactor) => {
        log.push("second");
        for (let i = 0; i < 10; i++) await deferLater(reactor, 1, () => {});
        log.push("second over");
      }),
      failureOnClock((reactor) => void reactor.callLater(5, function third() {})),
    ]);
    expect(log).to.deep.equal(["first", "first over", "second", "second over"]);
    expect(outcomes[0].message).to.include("of the first");
    expect(outcomes[2].message).to.include("third()").and.not.include("of the first");
  });

  it("says which cleanup does not end", async () => {
    const error = await failureOnClock((_reactor, { addCleanup }) => {
      addCleanup(() => new Deferred());
    });
    expect(said(error)[0]).to.match(/^a cleanup of the test waits for what will never happen/);
    expect(said(error).slice(2, 4)).to.deep.equal(["It was added", "      at (passing.test.ts)"]);
  });

  it("may stop its reactor, and clean up afterwards", async () => {
    await runOnClock(async (reactor, { addCleanup }) => {
      addCleanup(() => Promise.resolve());
      reactor.callLater(3, () => reactor.stop());
      const stopped = new Deferred<void>();
      reactor.addSystemEventTrigger("after", "shutdown", () => stopped.callback());
      await stopped;
    });
  });

  it("hears of a cleanup that waits for the time of a reactor that has stopped", async () => {
    const error = await failureOnClock(async (reactor, { addCleanup }) => {
      addCleanup(() => deferLater(reactor, 1, () => {}));
      reactor.stop();
      const stopped = new Deferred<void>();
      reactor.addSystemEventTrigger("after", "shutdown", () => stopped.callback());
      await stopped;
    });
    expect(said(error)[0]).to.match(/^a cleanup of the test still waits, but the reactor/);
  });

  it("takes out the errors that it expects, by their classes", async () => {
    await runOnClock(async (reactor, { flushErrors }) => {
      fail(new RangeError("one"));
      fail(new TypeError("two"));
      reactor.callLater(0, () => {
        throw new RangeError("three");
      });
      await deferLater(reactor, 1, () => {});
      const ranges: RangeError[] = flushErrors(RangeError);
      expect(ranges.map(({ message }) => message)).to.have.members(["one", "three"]);
      expect(flushErrors(SyntaxError)).to.deep.equal([]);
      expect(flushErrors()).to.have.lengthOf(1);
      expect(flushErrors()).to.deep.equal([]);
      expect(() => flushErrors("RangeError" as never)).to.throw(BadOptionError, "not RangeError");
    });
  });

  it("does not fail for a failure that was handled too late", async () => {
    await runOnClock(async (reactor) => {
      const failed = fail(new Error("late"));
      await deferLater(reactor, 1, () => {});
      failed.addErrback(() => {});
    });
  });

  it("lets time pass by hand, where that is asked for", async () => {
    await runOnClock(
      async (reactor) => {
        const log: number[] = [];
        const call = reactor.callLater(5, () => log.push(reactor.seconds()));
        await reactor.advance(4);
        expect(log).to.deep.equal([]);
        await reactor.advance(2);
        expect(log).to.deep.equal([5]);
        expect(call.active).to.equal(false);
      },
      { byHand: true },
    );
    const left = await failureOnClock(
      async (reactor) => {
        reactor.callLater(5, function brew() {});
        await reactor.advance(1);
      },
      { byHand: true },
    );
    expect(said(left)[2]).to.equal("  delayed call: brew(), at 5 s");
  });

  it("can be run on several backends, and is called so", async () => {
    const bench = new Bench();
    const ran: string[] = [];
    const test = bench.reactorTests({ backends: ["libuv", "clock"], deadline: 5 });
    test("passes a moment", async (reactor) => {
      const began = reactor.seconds();
      await deferLater(reactor, 0.01, () => {});
      expect(reactor.seconds() - began).to.be.at.least(0.0099);
      const port = await reactor.listenTCP(0, Factory.forProtocol(Protocol));
      await port.stopListening();
      ran.push(reactor.backend);
    });
    expect(bench.titles).to.deep.equal(["passes a moment (libuv)", "passes a moment (clock)"]);
    expect(bench.timeouts).to.deep.equal([15_000, undefined]);
    for (const run of bench.runs) await run();
    expect(ran).to.deep.equal(["libuv", "clock"]);
  });

  it("has a deadline and a clean end on real time too", async () => {
    const bench = new Bench();
    const test = bench.reactorTests({ backend: "libuv", deadline: 0.05 });
    test("", (reactor) => {
      reactor.callLater(1000, () => {});
      return new Deferred();
    });
    const error = await bench.runs[0]?.().catch((thrown: unknown) => thrown as Error);
    expect(said(error as Error)[0]).to.equal("the test has not ended in 0.05 s");
  });

  it("can be the only one, and be skipped", () => {
    const bench = new Bench();
    const test = bench.reactorTests();
    test.only("a", () => {});
    test.skip("b", () => {});
    expect(bench.titles).to.deep.equal(["only a", "skip b"]);
  });

  it("is refused without a body, and without vitest's test", () => {
    const test = new Bench().reactorTests();
    expect(() => test("brews", undefined as never)).to.throw(BadOptionError, '"brews" has none');
    expect(() => reactorTests({ byHand: true } as never)).to.throw(BadOptionError, "vitest's test");
  });

  it("is refused options that cannot work", () => {
    const make = (options: object) => () => new Bench().reactorTests(options);
    expect(make({ deadline: 0 })).to.throw(BadOptionError, "a number of seconds, not 0");
    expect(make({ deadline: Infinity })).to.throw(BadOptionError, "not Infinity");
    expect(make({ backends: [] })).to.throw(BadOptionError, "one at the least");
    expect(make({ backend: "clock", backends: ["clock"] })).to.throw(BadOptionError, "not both");
    expect(make({ backend: "libuv", byHand: true })).to.throw(
      BadOptionError,
      "byHand is for clock",
    );
  });
});
