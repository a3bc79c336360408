import { expect } from "chai";
import { TimeoutError } from "skein/defer";
import { createReactor, WorkerDiedError, type WorkerScript } from "skein/reactor";
import { ThreadPool, type ThreadPoolOptions } from "skein/threads";
import { tasks } from "../support/pools.ts";

function world(workers: WorkerScript, options: ThreadPoolOptions = {}) {
  const reactor = createReactor("clock", { workers });
  const log: string[] = [];
  const note = (what: string) => (value: unknown) => {
    log.push(
      `${what} ${value instanceof Error ? value.name : String(value)} at ${reactor.seconds()}`,
    );
  };
  return { reactor, log, note, pool: new ThreadPool(reactor, options) };
}

describe("a pool of simulated workers", () => {
  it("takes the virtual time that its script says", async () => {
    const { reactor, pool, log, note } = world((_, [seconds]) => ({ seconds: Number(seconds) }), {
      max: 2,
    });
    for (const seconds of [3, 1, 4]) pool.call(tasks.echo, seconds).addCallback(note("call"));
    await reactor.advance(10);
    expect(log).to.deep.equal(["call 1 at 1", "call 3 at 3", "call 4 at 5"]);
    pool.stop();
  });

  it("crashes when it says so, and replaces the worker", async () => {
    const script: WorkerScript = (_, [a]) => (a === 2 ? { seconds: 1, crash: "no memory" } : {});
    const { reactor, pool, log, note } = world(script, { max: 1 });
    const errors: unknown[] = [];
    for (const n of [1, 2, 3]) {
      pool
        .call(tasks.echo, n)
        .addCallback(note("call"))
        .addErrback(({ value }) => {
          errors.push(value);
        });
    }
    await reactor.advance(10);
    expect(log).to.deep.equal(["call 1 at 0", "call 3 at 1"]);
    expect(errors[0]).to.be.instanceOf(WorkerDiedError).and.include({ message: "no memory" });
    expect(pool.statistics()).to.include({ workers: 1, lost: 1, finished: 2 });
    pool.stop();
  });

  it("fails a call that never ends at its deadline, in the queue as well", async () => {
    const { reactor, pool, log, note } = world(() => ({ seconds: Infinity }), {
      max: 1,
      timeout: 2,
    });
    for (const n of [1, 2]) {
      pool.call(tasks.echo, n).addErrback(({ value }) => {
        expect(value).to.be.instanceOf(TimeoutError);
        note(`call ${n}`)(value);
      });
    }
    await reactor.advance(1);
    pool.callWith({ timeout: 5 }, tasks.echo, 3).addErrback(({ value }) => note("call 3")(value));
    await reactor.advance(10);
    expect(log).to.deep.equal([
      "call 1 TimeoutError at 2",
      "call 2 TimeoutError at 2",
      "call 3 TimeoutError at 6",
    ]);
    pool.stop();
  });

  it("begins calls of a higher priority first", async () => {
    const { reactor, pool, log, note } = world(() => ({ seconds: 1 }), { max: 1 });
    for (const [n, priority] of [0, 0, 5, -1, 5, 2].entries()) {
      pool.callWith({ priority }, tasks.echo, n).addCallback(note("call"));
    }
    await reactor.advance(10);
    const order = log.map((line) => Number(line.split(" ")[1]));
    expect(order).to.deep.equal([0, 2, 4, 5, 1, 3]);
    pool.stop();
  });

  it("ends workers that are idle for long, down to the minimum", async () => {
    const { reactor, pool } = world(() => ({ seconds: 1 }), { min: 1, max: 3, idleSeconds: 10 });
    expect(pool.statistics()).to.include({ workers: 1, working: 0 });
    for (let n = 0; n < 5; n++) void pool.call(tasks.echo, n);
    expect(pool.statistics()).to.include({ workers: 3, working: 3, queued: 2 });
    await reactor.advance(5);
    expect(pool.statistics()).to.include({ workers: 3, working: 0 });
    await reactor.advance(10);
    expect(pool.statistics()).to.include({ workers: 1, working: 0 });
    pool.stop();
    expect(reactor.getDelayedCalls()).to.deep.equal([]);
  });

  it("replaces a worker after so many calls", async () => {
    const { reactor, pool, log, note } = world(() => ({}), { max: 1, callsPerWorker: 2 });
    for (let n = 0; n < 5; n++) pool.call(tasks.echo, n).addCallback(note("call"));
    await reactor.advance(1);
    expect(log.length).to.equal(5);
    expect(pool.statistics()).to.include({ finished: 5, recycled: 2, lost: 0 });
    pool.stop();
  });

  it("drains: takes no more calls, and ends when those there are have ended", async () => {
    const { reactor, pool, log, note } = world(() => ({ seconds: 2 }), { max: 1 });
    for (const n of [1, 2]) pool.call(tasks.echo, n).addCallback(note("call"));
    pool.drain(10).addCallback(note("drained"));
    pool.call(tasks.echo, 3).addErrback(({ value }) => note("call 3")(value));
    await reactor.advance(20);
    expect(log).to.deep.equal([
      "call 3 PoolStoppedError at 0",
      "call 1 at 2",
      "call 2 at 4",
      "drained undefined at 4",
    ]);
    expect(pool.statistics().workers).to.equal(0);
  });

  it("drains no longer than its deadline", async () => {
    const { reactor, pool, log, note } = world(() => ({ seconds: 20 }), { max: 1 });
    pool.call(tasks.echo, 1).addErrback(({ value }) => note("call")(value));
    pool.drain(10).addCallback(note("drained"));
    await reactor.advance(30);
    expect(log).to.deep.equal(["call PoolStoppedError at 10", "drained undefined at 10"]);
  });

  it("runs equally each time", async () => {
    const run = async (): Promise<string[]> => {
      const trace: string[] = [];
      const reactor = createReactor("clock", {
        workers: (_, [n]) => (n === 3 ? { seconds: 0.5, crash: "x" } : { seconds: Number(n) / 10 }),
        trace: ({ at, event }) => void trace.push(`${at} ${event}`),
      });
      const pool = new ThreadPool(reactor, { max: 2 });
      for (let n = 0; n < 8; n++) pool.call(tasks.echo, n).addErrback(() => {});
      await reactor.advance(10);
      pool.stop();
      return trace;
    };
    const first = await run();
    expect(first).not.to.be.empty;
    expect(await run()).to.deep.equal(first);
  });
});
