import { AsyncLocalStorage } from "node:async_hooks";
import { expect } from "chai";
import { CancelledError, captureContext } from "skein/defer";
import {
  BadOptionError,
  CannotCrossError,
  createReactor,
  QueueFullError,
  type Reactor,
} from "skein/reactor";
import {
  InReactorEndedError,
  inReactor,
  PoolStoppedError,
  ThreadPool,
  worker,
  WouldBlockError,
} from "skein/threads";
import { Main } from "../support/calling-back.ts";
import { everyPoolTest, failure, poolTest, tasks } from "../support/pools.ts";

const back = worker<typeof import("../fixtures/workers/calling-back.ts")>(
  new URL("../fixtures/workers/calling-back.ts", import.meta.url),
);
const real = ["libuv", "the call would hold the reactor's own thread"] as const;

describe("functions of the reactor's thread, called by workers", () => {
  everyPoolTest("are called in order, and not waited for", {}, async ({ pool, reactor }) => {
    const main = new Main(reactor);
    expect(await pool.call(back.tellUpTo, inReactor(main), 10)).to.equal("told");
    expect(main.seen.length).to.be.at.most(10);
    await pool.call(back.block, inReactor(main), "x");
    expect(main.seen).to.deep.equal(Array.from(main.seen.keys()));
  });

  everyPoolTest("answer a worker that blocks", {}, async ({ pool, reactor }) => {
    const main = new Main(reactor);
    expect(await pool.call(back.block, inReactor(main), "a", "b")).to.deep.equal(["a!", "b!"]);
    expect(await pool.call(back.tellAndBlock, inReactor(main))).to.equal("1,2");
  });

  poolTest("are called before the call has ended that told them", {}, async ({ pool, reactor }) => {
    const main = new Main(reactor);
    await pool.call(back.tellAndBlock, inReactor(main));
    await pool.call(tasks.nothing);
    expect(main.seen.slice(0, 2)).to.deep.equal([1, 2]);
  });

  for (const substrate of ["threads", "processes"] as const) {
    poolTest(
      `have Deferreds waited for, in ${substrate}`,
      { only: real, substrate },
      async ({ pool, reactor }) => {
        const main = inReactor(new Main(reactor));
        expect(await pool.call(back.blockLater, main)).to.equal("x at last");
        expect(await pool.call(back.blockOnFailure, main)).to.equal(
          "true,RangeError,out of reach,ERR_REACH,true,too far",
        );
      },
    );

    poolTest(
      `hold up a worker that tells too much, in ${substrate}`,
      { only: real, substrate },
      async ({ pool, reactor }) => {
        const main = new Main(reactor);
        await pool.call(back.tellUpTo, inReactor(main), 5000);
        expect(main.seen.length).to.be.within(4001, 5000);
      },
    );

    poolTest(
      `free a blocked worker whose call is cancelled, in ${substrate}`,
      { only: real, max: 1, substrate },
      async ({ pool, reactor }) => {
        const main = new Main(reactor);
        const call = pool.call(back.blockForEver, inReactor(main));
        await main.waiting;
        call.cancel();
        expect(await failure(call)).to.be.instanceOf(CancelledError);
        expect(main.cancelled).to.deep.equal(["never"]);
        expect(await pool.call(tasks.add, 2, 3)).to.equal(5);
      },
    );

    poolTest(
      `free a blocked worker whose pool stops, in ${substrate}`,
      { only: real, max: 1, substrate },
      async ({ pool, reactor }) => {
        const main = new Main(reactor);
        const call = failure(pool.call(back.blockForEver, inReactor(main)));
        await main.waiting;
        pool.stop();
        expect(await call).to.be.instanceOf(PoolStoppedError);
        expect(main.cancelled).to.deep.equal(["never"]);
      },
    );
  }

  everyPoolTest("answer by promises", {}, async ({ pool, reactor }) => {
    const main = inReactor(new Main(reactor));
    const answers = await pool.call(back.ask, main, "a", "b");
    expect(answers).to.deep.equal(["a at last", "b at last"]);
    const error = await failure(pool.call(back.askForFailure, main));
    expect(error).to.include({ name: "RangeError", message: "out of reach", code: "ERR_REACH" });
    expect(error.cause).to.include({ message: "too far" });
    expect(await pool.call(back.askTooMuch, main)).to.deep.equal([new QueueFullError("").code]);
  });

  it("in a simulated worker, answer after the virtual time that it takes", async () => {
    const reactor = createReactor("clock");
    const pool = new ThreadPool(reactor);
    const log: unknown[] = [];
    pool
      .call(back.ask, inReactor(new Main(reactor)), "a")
      .addCallback((answer) => void log.push(answer, reactor.seconds()));
    await reactor.advance(1);
    pool.stop();
    expect(log).to.deep.equal([["a at last"], 0.01]);
  });

  poolTest(
    "do not block a simulated worker",
    { only: ["clock", "others block"] },
    async ({ pool, reactor }) => {
      const main = new Main(reactor);
      const error = await failure(pool.call(back.blockForEver, inReactor(main)));
      expect(error).to.be.instanceOf(WouldBlockError);
      expect(error.message).to.match(/^never\(\) has no answer yet, .*: use callInReactor\(\)$/);
      expect(main.cancelled).to.deep.equal(["never"]);
    },
  );

  poolTest(
    "tell a worker that heeds its signal that nobody waits",
    { only: real, max: 1, cancelGraceSeconds: 5 },
    async ({ pool, reactor }) => {
      const main = new Main(reactor);
      const memory = new SharedArrayBuffer(4);
      const call = pool.call(back.blockHeeding, inReactor(main), memory);
      await main.waiting;
      call.cancel();
      expect(await failure(call)).to.be.instanceOf(CancelledError);
      expect(await pool.call(tasks.add, 2, 3)).to.equal(5);
      expect(Atomics.load(new Int32Array(memory), 0)).to.equal(1);
      expect(pool.statistics()).to.include({ lost: 0 });
    },
  );

  everyPoolTest("serve as long as the call lasts", { max: 1 }, async ({ pool, reactor }) => {
    await pool.call(back.keep, inReactor(new Main(reactor)));
    for (const how of ["tell", "block"] as const) {
      const error = await failure(pool.call(back.useKept, how));
      expect(error).to.be.instanceOf(InReactorEndedError);
    }
    expect(
      reactor.inspect().filter(({ kind }) => kind !== "worker" && kind !== "delayed call"),
    ).to.deep.equal([]);
  });

  everyPoolTest("fail when the call ends that waits", { max: 1 }, async ({ pool, reactor }) => {
    const main = new Main(reactor);
    await pool.call(back.askAndLeave, inReactor(main));
    expect(await pool.call(back.whatWasLeft)).to.equal("InReactorEndedError");
    expect(pool.statistics()).to.include({ lost: 0 });
  });

  everyPoolTest(
    "fail at once when asked for by a call that was cancelled, and heeds that",
    { max: 1, cancelGraceSeconds: 1000 },
    async ({ pool, reactor }) => {
      const main = new Main(reactor);
      const call = pool.call(back.askHeeding, inReactor(main));
      await main.waiting;
      call.cancel();
      expect(await failure(call)).to.be.instanceOf(CancelledError);
      expect(await pool.call(back.whatWasLeft)).to.equal("InReactorEndedError");
      expect(pool.statistics()).to.include({ lost: 0 });
      // Nothing is left that would have ended the worker.
      const late = reactor.seconds() + 500;
      expect(reactor.getDelayedCalls().filter((its) => its.getTime() > late)).to.deep.equal([]);
    },
  );

  it("are told of as errors of nobody when they throw, and nobody waits", async () => {
    for (const backend of ["libuv", "clock"] as const) {
      const errors: string[] = [];
      const reactor = createReactor(backend, { onError: (error) => errors.push(String(error)) });
      const stopped = reactor.run();
      const pool = new ThreadPool(reactor);
      expect(await pool.call(back.tellFailing, inReactor(new Main(reactor)))).to.equal("x!");
      pool.stop();
      if (reactor.running) reactor.stop();
      await stopped;
      expect(errors, backend).to.deep.equal(["RangeError: at once"]);
    }
  });

  everyPoolTest("refuse what cannot cross", { max: 1 }, async ({ pool, reactor }) => {
    const main = inReactor(new Main(reactor));
    const passed = await failure(pool.call(back.passFunction, main));
    expect(passed).to.be.instanceOf(CannotCrossError);
    expect(passed.message).to.match(/^argument 1 of echo\(\) .* it is a function/);
    const taken = await failure(pool.call(back.takeFunction, main));
    expect(taken).to.be.instanceOf(CannotCrossError);
    expect(taken.message).to.match(/^the result of giveFunction\(\) .* it is a function/);
    expect(await failure(pool.call(back.callNothing, main))).to.be.instanceOf(BadOptionError);
    expect(await failure(pool.call(tasks.echo, { main }))).to.be.instanceOf(CannotCrossError);
    const given = await failure(pool.call(back.give, main));
    expect(given).to.be.instanceOf(CannotCrossError);
    expect(await pool.call(back.block, main, "x")).to.deep.equal(["x!"]);
  });

  poolTest("run in the context of the call's caller", {}, async ({ pool }) => {
    const release = captureContext();
    try {
      const user = new AsyncLocalStorage<string>();
      const seen: unknown[] = [];
      const main = {
        tell: () => void seen.push(user.getStore()),
        lookUp: () => `${user.getStore()}`,
        told: () => [],
      };
      const call = user.run("Ada", () =>
        pool.call(back.block, inReactor(main) as never, "x").addCallback((names) => {
          seen.push(user.getStore(), names);
        }),
      );
      await call;
      expect(seen).to.deep.equal(["Ada", ["Ada"]]);
      const reported: unknown[] = [];
      await user.run("Bob", () =>
        pool.callWith({ onProgress: () => reported.push(user.getStore()) }, tasks.reportThrice),
      );
      expect(reported).to.deep.equal(["Bob", "Bob", "Bob"]);
    } finally {
      release();
    }
  });

  it("do not block a worker when the reactor has stopped", async () => {
    const reactor: Reactor<"threads"> = createReactor("libuv");
    const stopped = reactor.run();
    const pool = new ThreadPool(reactor, { max: 1 });
    const main = new Main(reactor);
    const call = failure(pool.call(back.blockForEver, inReactor(main)));
    await main.waiting;
    reactor.stop();
    await stopped;
    expect(await call).to.be.instanceOf(InReactorEndedError);
    expect(await pool.call(tasks.add, 2, 3)).to.equal(5);
    pool.stop();
  });
});
