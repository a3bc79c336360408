import { expect } from "chai";
import { WorkerDiedError } from "skein/reactor";
import {
  AbandonedLockError,
  Barrier,
  Condition,
  Event,
  Lock,
  PriorityQueue,
  Queue,
  RLock,
  Semaphore,
} from "skein/threading";
import { worker } from "skein/threads";
import { failure, poolTest } from "../support/pools.ts";

const jobs = worker<typeof import("../fixtures/workers/in-processes.ts")>(
  new URL("../fixtures/workers/in-processes.ts", import.meta.url),
);

const substrate = "processes";
const blocks = ["libuv", "a simulated worker cannot wait for the thread that it runs in"] as const;

describe("what threads share, in processes,", () => {
  poolTest("is a queue between them", { max: 2, substrate, only: blocks }, async ({ pool }) => {
    const numbers = new Queue<number>({ maxSize: 3 });
    const doubled = new Queue<number>({ maxSize: 3 });
    const produced = pool.call(jobs.produce, numbers, 100);
    const pumped = pool.call(jobs.pump, numbers, doubled);
    const got: number[] = [];
    while (got.length < 100) got.push(await doubled.get());
    expect(got).to.deep.equal(Array.from({ length: 100 }, (_, n) => 2 * n));
    await produced;
    await numbers.join();
    numbers.shutdown();
    expect(await pumped).to.equal("ERR_QUEUE_SHUT_DOWN");
  });

  poolTest("is a queue that is waited for by Deferreds", { substrate }, async ({ pool }) => {
    const numbers = new Queue<number>();
    const doubled = new Queue<number>({ maxSize: 1 });
    const pumped = pool.call(jobs.pumpLater, numbers, doubled);
    for (const n of [1, 2, 3]) numbers.putNowait(n);
    const got = [await doubled.get(), await doubled.get(), await doubled.get()];
    expect(got).to.deep.equal([2, 4, 6]);
    numbers.shutdown();
    await pumped;
  });

  poolTest(
    "tells how it is, and fails with its own errors",
    { substrate },
    async ({ pool, backend }) => {
      const queue = new Queue<string>({ maxSize: 2 });
      expect(await pool.call(jobs.look, queue)).to.deep.equal([
        2,
        true,
        false,
        2,
        "QueueFullError: the queue is full: it holds 2 items",
        false,
        backend === "libuv"
          ? "TimeoutError: putSync() has waited for 0.01 seconds"
          : "WouldBlockError: wait() has no answer yet, and a simulated worker is the reactor's " +
            "own thread, which must not wait: use callInReactor()",
        backend === "libuv",
      ]);
      expect(await pool.call(jobs.prioritise, new PriorityQueue<string>())).to.deep.equal([
        "now",
        "later",
      ]);
      expect(await pool.call(jobs.giveUp, new Queue<string>())).to.equal("CancelledError item");
    },
  );

  poolTest(
    "is a lock that keeps them apart",
    { max: 2, substrate, only: blocks },
    async ({ pool }) => {
      const lock = new Lock();
      const memory = new Queue<number>();
      memory.putNowait(0);
      await Promise.all([1, 2].map(() => pool.call(jobs.addIn, lock, memory, 25)));
      expect(memory.getNowait()).to.equal(50);
      expect(lock.locked).to.equal(false);
    },
  );

  poolTest(
    "is a lock that is abandoned by a process that ends",
    { substrate, only: blocks },
    async ({ pool }) => {
      const lock = new Lock();
      const held = new Event();
      const holding = pool.call(jobs.hold, lock, held);
      const ended = failure(holding);
      await held.wait();
      const waiting = failure(lock.acquire());
      holding.cancel();
      await ended;
      expect(await waiting).to.be.instanceOf(AbandonedLockError);
      lock.reclaim();
      expect(lock.tryAcquire()).to.equal(true);
    },
  );

  poolTest(
    "is an owner's lock, an event, a semaphore",
    { substrate },
    async ({ pool, backend }) => {
      const lock = new RLock();
      expect(await pool.call(jobs.twice, lock)).to.deep.equal([true, true]);
      // One more time than it was released.
      expect(lock.abandoned).to.equal(true);
      const event = new Event();
      if (backend === "libuv") {
        expect(await pool.call(jobs.waitFor, event, 0.01)).to.equal(
          "TimeoutError: waitSync() has waited for 0.01 seconds",
        );
        const waited = pool.call(jobs.waitFor, event, 10);
        event.set();
        expect(await waited).to.equal("happened");
      }
      event.set();
      expect(await pool.call(jobs.waitFor, event, 10)).to.equal("happened");
      expect(await pool.call(jobs.sit, new Semaphore(3))).to.equal(2);
    },
  );

  poolTest(
    "is a barrier, and a condition",
    { max: 2, substrate, only: blocks },
    async ({ pool }) => {
      const barrier = new Barrier(3);
      const met = [pool.call(jobs.meet, barrier), pool.call(jobs.meet, barrier)];
      const here = barrier.wait();
      const all = await Promise.all([...met, here]);
      expect(
        all.map((one) => (typeof one === "number" ? `${one} of 3` : one)).sort(),
      ).to.deep.equal(["0 of 3", "1 of 3", "2 of 3"]);
      const broken = pool.call(jobs.meet, barrier);
      barrier.abort();
      expect(await broken).to.equal("broken");

      const condition = new Condition();
      const queue = new Queue<string>();
      const consumed = [1, 2].map(() => pool.call(jobs.consumeOne, condition, queue));
      for (const item of ["one", "two"]) {
        await condition.run(() => {
          queue.putNowait(item);
          condition.notify();
        });
      }
      expect((await Promise.all(consumed)).sort()).to.deep.equal(["one", "two"]);
    },
  );

  poolTest("cannot be passed on", { substrate }, async ({ pool }) => {
    expect((await failure(pool.call(jobs.passOn, new Lock()))).message).to.match(
      /what a process has got it cannot pass on/,
    );
  });

  poolTest(
    "outlives a process that dies in the middle",
    { substrate, only: blocks },
    async ({ pool }) => {
      const queue = new Queue<number>({ maxSize: 1 });
      const producing = pool.callWith({ timeout: 30 }, jobs.produce, queue, 1e9);
      const ended = failure(producing);
      await queue.get();
      pool.stop();
      expect(await ended).not.to.be.instanceOf(WorkerDiedError);
      queue.shutdown(true);
      expect(queue.qsize).to.equal(0);
    },
  );
});
