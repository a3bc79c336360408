import { expect } from "chai";
import { Pool, PoolOpenError, type PoolOptions } from "skein/multiprocessing";
import { BadOptionError, createReactor, type Reactor, WorkerDiedError } from "skein/reactor";
import { PoolStoppedError, worker } from "skein/threads";
import { failure } from "../support/pools.ts";

const jobs = worker<typeof import("../fixtures/workers/jobs.ts")>(
  new URL("../fixtures/workers/jobs.ts", import.meta.url),
);

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Counts for ever, and tells how far it has come, and whether it was closed. */
function counting(): { items: Iterable<number>; taken: number; closed: boolean } {
  const counter = {
    taken: 0,
    closed: false,
    items: {
      *[Symbol.iterator]() {
        try {
          for (let n = 0; ; n++) {
            counter.taken++;
            yield n;
          }
        } finally {
          counter.closed = true;
        }
      },
    },
  };
  return counter;
}

const places = [
  ["libuv", "threads"],
  ["libuv", "processes"],
  ["clock", "threads"],
] as const;

for (const [backend, substrate] of places) {
  describe(`a Pool of ${substrate} on ${backend}`, () => {
    let reactor: Reactor<"threads">;
    let stopped: PromiseLike<void>;
    let pool: Pool;
    const open = (options: PoolOptions): Pool =>
      (pool = new Pool(reactor, { substrate, ...options }));

    beforeEach(() => {
      reactor = createReactor(backend);
      // Whatever the clock waits for, it has something to do.
      const tick = (): void => void (reactor.running && reactor.callLater(1, tick));
      reactor.callWhenRunning(tick);
      stopped = reactor.run();
    });
    afterEach(async () => {
      pool.terminate();
      await pool.join();
      reactor.stop();
      await stopped;
    });

    it("applies a function to arguments, and to items", async () => {
      open({ processes: 2 });
      expect(await pool.apply(jobs.power, 2, 10)).to.equal(1024);
      expect(await pool.map(jobs.square, [1, 2, 3])).to.deep.equal([1, 4, 9]);
      const pairs: [number, number][] = [
        [2, 3],
        [3, 2],
      ];
      expect(await pool.starmap(jobs.power, pairs)).to.deep.equal([8, 9]);
      expect(await pool.starmap(jobs.power, pairs, { chunkSize: 1 })).to.deep.equal([8, 9]);
      expect(await pool.starmap(jobs.power, [])).to.deep.equal([]);
    });

    it("gives results in the items' order, or as they come", async () => {
      open({ processes: 2 });
      const items = [0, 1, 2, 3, 4];
      expect(await collect(pool.imap(jobs.squareSlowly, items))).to.deep.equal([0, 1, 4, 9, 16]);
      expect(await collect(pool.imap(jobs.square, items, { chunkSize: 2 }))).to.deep.equal([
        0, 1, 4, 9, 16,
      ]);
      const found = await collect(pool.imapUnordered(jobs.squareSlowly, items));
      expect([...found].sort((a, b) => a - b)).to.deep.equal([0, 1, 4, 9, 16]);
      // One process is in the slow one while the other does the rest.
      if (backend === "libuv") expect(found.at(-1)).to.equal(0);
    });

    it("takes items of endless iterables as results are consumed", async () => {
      open({ processes: 2 });
      for (const ordered of [true, false]) {
        const seen = counting();
        const results = ordered
          ? pool.imap(jobs.square, seen.items)
          : pool.imapUnordered(jobs.square, seen.items);
        let consumed = 0;
        for await (const _ of results) {
          expect(seen.taken).to.be.at.most(consumed + 5);
          if (++consumed === 20) break;
        }
        expect(seen.closed).to.equal(true);
      }
    });

    it("has no more items wait than its queue holds", async () => {
      open({ processes: 1, maxQueued: 0 });
      expect(await pool.map(jobs.square, [1, 2, 3], { chunkSize: 1 })).to.deep.equal([1, 4, 9]);
      expect(await collect(pool.imap(jobs.square, [1, 2, 3]))).to.deep.equal([1, 4, 9]);
    });

    it("ends an iteration with the first item that fails", async () => {
      open({ processes: 1 });
      const got: number[] = [];
      const error = await failure(
        (async () => {
          for await (const n of pool.imap(jobs.failAtThree, [1, 2, 3, 4])) got.push(n);
        })(),
      );
      expect(error).to.be.instanceOf(RangeError);
      expect(got).to.deep.equal([1, 2]);
      expect(await failure(pool.map(jobs.failAtThree, [1, 2, 3, 4]))).to.include({
        message: "three",
      });
      expect(
        await failure(collect(pool.imap(jobs.square, [1], { chunkSize: 0 }))),
      ).to.be.instanceOf(BadOptionError);
    });

    it("ends the calls that it has when it is closed, and takes no more", async () => {
      open({ processes: 1 });
      expect(() => pool.join()).to.throw(PoolOpenError);
      const called = pool.map(jobs.square, [1, 2]);
      pool.close();
      expect(await failure(pool.apply(jobs.square, 1))).to.be.instanceOf(PoolStoppedError);
      const joined = [pool.join(), pool.join()];
      expect(await called).to.deep.equal([1, 4]);
      await Promise.all(joined);
      await pool.join();
    });

    it("ends the calls that it has when it is terminated", async () => {
      open({ processes: 1 });
      const called = failure(pool.apply(jobs.never));
      pool.terminate();
      expect(await called).to.be.instanceOf(PoolStoppedError);
      await pool.join();
    });

    if (backend === "clock") return;

    it("loses the call alone whose worker exits", async () => {
      open({ processes: 2 });
      const dying = failure(pool.apply(jobs.exit, 3));
      const others = pool.map(jobs.square, [1, 2, 3, 4]);
      expect(await dying)
        .to.be.instanceOf(WorkerDiedError)
        .and.to.include({ exitCode: 3 });
      expect(await others).to.deep.equal([1, 4, 9, 16]);
    });

    if (substrate === "threads") return;

    it("replaces a worker after so many tasks", async () => {
      open({ processes: 1, maxTasksPerChild: 2 });
      const pids: number[] = [];
      for (let i = 0; i < 4; i++) pids.push(await pool.apply(jobs.pid));
      expect(new Set(pids).size).to.equal(2);
    });
  });
}
