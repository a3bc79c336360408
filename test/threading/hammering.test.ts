import { expect } from "chai";
import {
  Barrier,
  Condition,
  Event,
  LifoQueue,
  Lock,
  PriorityQueue,
  Queue,
  RLock,
  Semaphore,
} from "skein/threading";
import { sharedPool } from "../support/pools.ts";
import { sharing } from "../support/threading.ts";

const numbers = (memory: SharedArrayBuffer): Int32Array => new Int32Array(memory);

describe("what threads share, blocking, in three workers at once:", () => {
  // On libuv alone: simulated workers must not block.
  const poolTest = sharedPool({ max: 4 });

  for (const lock of [new Lock(), new RLock()]) {
    const { name } = lock.constructor;
    poolTest(`a ${name} keeps them apart`, {}, async ({ pool }) => {
      const memory = new SharedArrayBuffer(4);
      const count = lock instanceof RLock ? sharing.countTwiceSync : sharing.countSync;
      await Promise.all(
        [1, 2, 3].map(() => pool.call(count as typeof sharing.countSync, lock, memory, 20_000)),
      );
      expect(numbers(memory)[0]).to.equal(60_000);
      expect(lock.locked).to.equal(false);
    });
  }

  poolTest("a lock is shared with the reactor's thread", {}, async ({ pool }) => {
    const lock = new Lock();
    const memory = new SharedArrayBuffer(4);
    const others = [1, 2].map(() => pool.call(sharing.countSync, lock, memory, 20_000));
    for (let i = 0; i < 200; i++) {
      await lock.run(async () => {
        const before = numbers(memory)[0] as number;
        await new Promise((resolve) => setImmediate(resolve));
        numbers(memory)[0] = before + 1;
      });
    }
    await Promise.all(others);
    expect(numbers(memory)[0]).to.equal(40_200);
  });

  for (const Kind of [Queue, LifoQueue]) {
    poolTest(
      `a ${Kind.name} loses no item of 50,000`,
      {},
      async ({ pool }) => {
        const queue = new Kind<[number, number]>({ maxSize: 100 });
        const consumed = [pool.call(sharing.consumeSync, queue), pool.call(sharing.consume, queue)];
        const produce = sharing.produceSync as never;
        const produced = [1, 2].map((who) => pool.call(produce, queue as never, who, 25_000));
        await Promise.all(produced);
        await queue.join();
        queue.shutdown();
        const got = await Promise.all(consumed);
        for (const items of Kind === Queue ? got : []) {
          for (const who of [1, 2]) {
            const its = items.filter(([from]) => from === who).map(([, n]) => n);
            expect(its.every((n, i) => i === 0 || n > (its[i - 1] as number))).to.equal(true);
          }
        }
        const all = got.flat().map(([who, n]) => who * 25_000 + n);
        expect(new Set(all).size).to.equal(50_000);
        expect(all.length).to.equal(50_000);
      },
      60_000,
    );
  }

  poolTest("a PriorityQueue gives the least first", {}, async ({ pool }) => {
    const queue = new PriorityQueue<[number, number]>();
    for (let i = 0; i < 1000; i++) await queue.put([i % 7, i], i % 7);
    queue.shutdown();
    const got = await Promise.all([1, 2].map(() => pool.call(sharing.consumeSync, queue)));
    for (const items of got) {
      const order = items.map(([priority, n]) => priority * 10_000 + n);
      expect(order).to.deep.equal([...order].sort((a, b) => a - b));
    }
    expect(got.flat().length).to.equal(1000);
  });

  poolTest("a barrier has all of them come each time", {}, async ({ pool }) => {
    const barrier = new Barrier(3);
    const memory = new SharedArrayBuffer(4);
    const met = await Promise.all(
      [1, 2, 3].map(() => pool.call(sharing.meetSync, barrier, 2000, memory)),
    );
    expect(met).to.deep.equal([true, true, true]);
    expect(numbers(memory)[0]).to.equal(6000);
  });

  poolTest("a barrier has one do what is done once", {}, async ({ pool }) => {
    const barrier = new Barrier(4, { action: sharing.merge });
    const memory = new SharedArrayBuffer(4);
    const others = [1, 2, 3].map(() => pool.call(sharing.meetSync, barrier, 100, memory));
    for (let i = 0; i < 100; i++) {
      Atomics.add(numbers(memory), 0, 1);
      await barrier.wait();
    }
    expect(await Promise.all(others)).to.deep.equal([true, true, true]);
    // Of the calls that were made here, this copy of the module knows nothing, nor of the workers'.
    expect(barrier.broken).to.equal(false);
  });

  for (const lock of [new Lock(), new RLock()]) {
    const title = `a condition on a ${lock.constructor.name} has them take turns`;
    poolTest(title, {}, async ({ pool }) => {
      const condition = new Condition(lock);
      const memory = new SharedArrayBuffer(4);
      await Promise.all(
        [0, 1].map((who) => pool.call(sharing.takeTurnsSync, condition, memory, who, 3000)),
      );
      expect(numbers(memory)[0]).to.equal(6000);
    });
  }

  poolTest("a condition notifies as many as it is told", {}, async ({ pool }) => {
    const condition = new Condition();
    const waiting = new Semaphore(0);
    const woken = [1, 2, 3].map(() => pool.call(sharing.waitOnceSync, condition, waiting, 1));
    for (let i = 0; i < 3; i++) await waiting.acquire();
    await condition.run(() => condition.notify(2));
    expect(await Promise.all(woken)).to.have.members([0, 1, 1]);
  });

  poolTest("an event wakes all, though it is cleared at once", {}, async (world) => {
    const event = new Event();
    const ready = [1, 2, 3].map(() => new Event());
    const waiting = ready.map((its) => world.pool.call(sharing.waitFor, event, its));
    await Promise.all(ready.map((its) => its.wait()));
    event.set();
    event.clear();
    expect(await Promise.all(waiting)).to.deep.equal(Array(3).fill("gone on"));
  });

  poolTest("time is up for those who wait in vain", {}, async ({ pool }) => {
    const lock = new Lock();
    lock.acquireSync();
    const queue = new Queue<number>();
    queue.putNowait(1);
    queue.getNowait();
    const names = await pool.call(sharing.namesSync, lock, new Event(), queue, 0.01);
    expect(names).to.deep.equal(Array(4).fill("TimeoutError"));
    lock.release();
    expect(await pool.call(sharing.tryAcquire, lock)).to.equal(true);
  });
});
