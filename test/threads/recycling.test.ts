import { expect } from "chai";
import { WorkerDiedError } from "skein/reactor";
import { failure, poolTest, tasks } from "../support/pools.ts";

const only = ["libuv", "a simulated worker has no memory of its own"] as const;

describe("a pool: the memory of its workers", () => {
  poolTest(
    "replaces one that holds too much",
    { max: 1, megabytesPerWorker: 60, only },
    async ({ pool }) => {
      for (let i = 0; i < 100 && pool.statistics().recycled === 0; i++) {
        await pool.call(tasks.keep, 10);
      }
      expect(pool.statistics()).to.include({ recycled: 1, lost: 0 });
      expect(await pool.call(tasks.add, 2, 3)).to.equal(5);
    },
  );

  poolTest(
    "replaces one that never has to wait for its next call, too",
    { max: 1, megabytesPerWorker: 60, only },
    async ({ pool }) => {
      const calls = Array.from({ length: 40 }, () => pool.call(tasks.keep, 3));
      await Promise.all(calls);
      expect(pool.statistics().recycled).to.be.at.least(1);
    },
    30_000,
  );

  poolTest(
    "loses the call alone that runs out of it",
    { max: 1, heapMegabytesMax: 40, only },
    async ({ pool }) => {
      const greedy = pool.call(tasks.keep, 500);
      const sum = pool.call(tasks.add, 2, 3);
      const error = await failure(greedy);
      expect(error).to.be.instanceOf(WorkerDiedError);
      expect(error.message).to.match(/memory/);
      expect(error.cause).to.include({ code: "ERR_WORKER_OUT_OF_MEMORY" });
      expect(await sum).to.equal(5);
    },
  );
});

describe("a pool: transfer lists", () => {
  poolTest("move a buffer, rather than copy it", {}, async ({ pool }) => {
    const bytes = new Uint8Array(1000);
    const call = pool.callWith({ transfer: [bytes.buffer] }, tasks.byteLength, bytes);
    expect(bytes.byteLength).to.equal(0);
    expect(await call).to.equal(1000);
  });

  poolTest("do not wait where they could be lost", { max: 1, only }, async ({ pool }) => {
    const dying = failure(pool.call(tasks.exit, 1));
    const moved = Array.from({ length: 20 }, (_, n) => {
      const bytes = new Uint8Array(n);
      return pool.callWith({ transfer: [bytes.buffer] }, tasks.byteLength, bytes);
    });
    const sum = pool.call(tasks.add, 2, 3);
    expect(await dying).to.be.instanceOf(WorkerDiedError);
    expect(await Promise.all(moved)).to.deep.equal(moved.map((_, n) => n));
    expect(await sum).to.equal(5);
  });

  poolTest(
    "go to a worker that is done, though no turn has passed",
    { max: 1, only },
    async (w) => {
      const begun = new Int32Array(new SharedArrayBuffer(4));
      await w.pool.call(tasks.add, 1, 2);
      const calls: PromiseLike<number>[] = [];
      // No turn passes: it begins one after another nevertheless.
      while (Atomics.load(begun, 0) < 5 && calls.length < 500) {
        const bytes = new Uint8Array(calls.length);
        calls.push(w.pool.callWith({ transfer: [bytes.buffer] }, tasks.countLength, bytes, begun));
        Atomics.wait(begun, 0, Atomics.load(begun, 0), 10);
      }
      expect(Atomics.load(begun, 0)).to.be.at.least(5);
      expect(await Promise.all(calls)).to.deep.equal(calls.map((_, n) => n));
    },
  );

  poolTest("a worker that dies takes one with it at most", { max: 1, only }, async ({ pool }) => {
    await pool.call(tasks.add, 1, 2);
    const moved = Array.from({ length: 100 }, (_, n) => {
      const bytes = new Uint8Array(n);
      return pool.callWith({ transfer: [bytes.buffer] }, tasks.lengthOrExit, bytes);
    });
    const outcomes = await Promise.all(moved.map((call) => call.addErrback(() => -1)));
    expect(outcomes).to.deep.equal(moved.map((_, n) => (n % 25 === 24 ? -1 : n)));
    expect(pool.statistics()).to.include({ lost: 4, queued: 0, working: 0 });
  });
});
