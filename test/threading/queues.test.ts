import { expect } from "chai";
import fc from "fast-check";
import { TimeoutError } from "skein/defer";
import { LifoQueue, Lock, PriorityQueue, Queue, WouldBlockError } from "skein/threading";
import { afterMicrotasks, errorOf, failedWith, watch } from "../support/outcomes.ts";
import { failure, poolTest } from "../support/pools.ts";

const kinds = { Queue, LifoQueue, PriorityQueue } as unknown as Record<string, typeof Queue>;

describe("queues of threads", () => {
  it("have no limit when that is larger than any memory", () => {
    for (const maxSize of [2 ** 31, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER]) {
      const queue = new Queue<number>({ maxSize });
      queue.putNowait(1);
      queue.putNowait(2);
      expect([queue.qsize, queue.full, queue.maxSize]).to.deep.equal([2, false, Infinity]);
    }
    expect(new Queue({ maxSize: 2 ** 31 - 1 }).maxSize).to.equal(2 ** 31 - 1);
  });

  for (const [name, Kind] of Object.entries(kinds)) {
    describe(name, () => {
      /** For the one kind of queue that must be told. */
      const about = (name === "PriorityQueue" ? [0] : []) as [];
      const make = (options?: object): Queue<unknown> => new Kind(options);

      it("gives what is put, at once or when it is there", async () => {
        const queue = make();
        const got = watch(queue.get());
        expect(watch(queue.put({ a: [1] }, ...about))).to.deep.equal([undefined]);
        expect(got).to.deep.equal([]);
        await afterMicrotasks();
        expect(got).to.deep.equal([{ a: [1] }]);
        queue.putNowait("b", ...about);
        expect([queue.qsize, queue.empty, queue.getNowait()]).to.deep.equal([1, false, "b"]);
        expect(queue.empty).to.equal(true);
      });

      it("holds as many as it may, and has the others wait, in order", async () => {
        const queue = make({ maxSize: 2 });
        for (const n of [1, 2]) queue.putNowait(n, ...about);
        expect([queue.full, queue.maxSize]).to.deep.equal([true, 2]);
        expect(() => queue.putNowait(3, ...about))
          .to.throw("holds 2 items")
          .with.property("code", "ERR_QUEUE_FULL");
        const third = queue.put(3, ...about);
        const fourth = watch(queue.put(4, ...about));
        third.addErrback(() => {});
        third.cancel();
        expect(fourth).to.deep.equal([]);
        queue.getNowait();
        await afterMicrotasks();
        expect(fourth).to.deep.equal([undefined]);
        expect([queue.getNowait(), queue.getNowait()]).to.include(4);
        expect(() => queue.getNowait())
          .to.throw()
          .with.property("code", "ERR_QUEUE_EMPTY");
      });

      it("loses no item with one who gives up", async () => {
        const queue = make();
        const first = queue.get();
        const second = watch(queue.get());
        const outcome = watch(first);
        queue.putNowait(1, ...about);
        first.cancel();
        expect(failedWith(outcome)).to.have.property("name", "CancelledError");
        await afterMicrotasks();
        expect(second).to.deep.equal([1]);
      });

      it("never blocks the reactor's thread", () => {
        const queue = make({ maxSize: 1 });
        expect(() => queue.getSync()).to.throw(WouldBlockError, "use get()");
        expect(() => queue.getSync(0)).to.throw(TimeoutError);
        queue.putSync(1, ...about);
        expect(() => queue.putSync(2, ...about)).to.throw(WouldBlockError, "use put()");
        expect(() => queue.putSync(2, ...about, 0)).to.throw(TimeoutError);
        expect(() => queue.joinSync()).to.throw(WouldBlockError, "use join()");
        expect(queue.getSync(9)).to.equal(1);
      });

      it("is joined when all that was put is done with", async () => {
        const queue = make();
        expect(watch(queue.join())).to.deep.equal([undefined]);
        for (const n of [1, 2]) queue.putNowait(n, ...about);
        const joined = watch(queue.join());
        for (const _ of [1, 2]) queue.getNowait();
        queue.taskDone();
        await afterMicrotasks();
        expect(joined).to.deep.equal([]);
        queue.taskDone();
        await afterMicrotasks();
        expect(joined).to.deep.equal([undefined]);
        queue.joinSync();
        expect(() => queue.taskDone())
          .to.throw()
          .with.property("code", "ERR_TASK_DONE_TOO_OFTEN");
      });

      it("gives what it has after it was shut down, and takes no more", async () => {
        const queue = make({ maxSize: 1 });
        queue.putNowait(1, ...about);
        const refused = failure(queue.put(2, ...about));
        queue.shutdown();
        expect(await refused).to.have.property("code", "ERR_QUEUE_SHUT_DOWN");
        expect(() => queue.putNowait(2, ...about)).to.throw("was shut down");
        expect(queue.isShutDown).to.equal(true);
        expect(await queue.get()).to.equal(1);
        for (const end of [errorOf(queue.get()), errorOf(queue.put(3, ...about))]) {
          expect(end).to.have.property("code", "ERR_QUEUE_SHUT_DOWN");
        }
        expect(() => queue.getNowait()).to.throw("was shut down");
        expect(() => queue.getSync()).to.throw("was shut down");
      });

      it("drops what it has when it is shut down at once", async () => {
        const queue = make();
        for (const n of [1, 2]) queue.putNowait(n, ...about);
        queue.getNowait();
        const joined = watch(queue.join());
        const waiting = make();
        const got = failure(waiting.get());
        waiting.shutdown(true);
        expect(await got).to.have.property("code", "ERR_QUEUE_SHUT_DOWN");
        queue.shutdown(true);
        expect(queue.qsize).to.equal(0);
        await afterMicrotasks();
        expect(joined).to.deep.equal([]);
        queue.taskDone();
        await afterMicrotasks();
        expect(joined).to.deep.equal([undefined]);
      });

      it("copies items when they are put", async () => {
        const queue = make();
        const item = { n: 1, at: new Date(5), bytes: new Uint8Array([1, 2]), big: 5n };
        queue.putNowait(item, ...about);
        item.n = 2;
        expect(queue.getNowait()).to.deep.equal({ ...item, n: 1 });
      });

      it("refuses what cannot be copied, or has no room at all", async () => {
        const queue = make({ bytes: 1000 });
        const refused: [unknown, string, string][] = [
          [{ f: () => {} }, "ERR_CANNOT_CROSS", "its .f is a function"],
          [[new Lock()], "ERR_CANNOT_CROSS", "its [0] is a Lock"],
          [{ m: new SharedArrayBuffer(4) }, "ERR_CANNOT_CROSS", "holds a SharedArrayBuffer"],
          ["x".repeat(1100), "ERR_ITEM_TOO_LARGE", "by its option `bytes`"],
        ];
        for (const [item, code, message] of refused) {
          const error = errorOf(queue.put(item, ...about));
          expect(error).to.have.property("code", code);
          expect(error.message).to.include(message);
          expect(() => queue.putNowait(item, ...about)).to.throw(message);
          expect(() => queue.putSync(item, ...about)).to.throw(message);
        }
        expect(queue.qsize).to.equal(0);
        await queue.join();
      });

      it("waits for memory, too", async () => {
        const queue = make({ bytes: 1000 });
        queue.putNowait("x".repeat(800), ...about);
        const large = watch(queue.put("y".repeat(700), ...about));
        expect(() => queue.putNowait("z".repeat(300), ...about)).to.throw("full");
        expect(large).to.deep.equal([]);
        queue.getNowait();
        await afterMicrotasks();
        expect(large).to.deep.equal([undefined]);
      });
    });
  }

  it("have options that can work", () => {
    for (const options of [{ maxSize: 0 }, { maxSize: 1.5 }, { bytes: 0 }, { bytes: 2 ** 31 }]) {
      expect(() => new Queue(options))
        .to.throw()
        .with.property("code", "ERR_BAD_OPTION");
    }
    const queue = new PriorityQueue<number>();
    expect(() => queue.putNowait(1, Number.NaN)).to.throw("priority of an item is a number");
    expect(errorOf(queue.put(1, "high" as never))).to.have.property("code", "ERR_BAD_OPTION");
  });

  poolTest("have their Deferreds time out", { max: 1 }, async ({ reactor }) => {
    const queue = new Queue<number>();
    const late = await failure(queue.get().addTimeout(0.01, reactor));
    expect(late).to.be.instanceOf(TimeoutError);
    queue.putNowait(1);
    expect(queue.getNowait()).to.equal(1);
  });

  it("keep items whole, in their order, whatever their sizes", () => {
    const operation = fc.oneof(
      fc.record({ size: fc.integer({ min: 0, max: 600 }), priority: fc.integer({ max: 3 }) }),
      fc.constant("get" as const),
    );
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
        const queues = [new Queue({ bytes: 2000 }), new LifoQueue({ bytes: 2000 })] as const;
        const byPriority = new PriorityQueue<unknown>({ bytes: 2000 });
        const models: { item: string; priority: number }[][] = [[], [], []];
        let n = 0;
        for (const done of operations) {
          for (const [at, queue] of [...queues, byPriority].entries()) {
            const model = models[at] as { item: string; priority: number }[];
            if (done !== "get") {
              const item = `${n++} `.padEnd(done.size, "-");
              try {
                queue.putNowait(item, ...((at === 2 ? [done.priority] : []) as [number]));
                model.push({ item, priority: done.priority });
              } catch {
                expect(model.length).to.be.greaterThan(0);
              }
              continue;
            }
            let next = at === 1 ? model.length - 1 : 0;
            if (at === 2) {
              const least = Math.min(...model.map(({ priority }) => priority));
              next = model.findIndex(({ priority }) => priority === least);
            }
            const [expected] = model.length > 0 ? model.splice(next, 1) : [];
            if (expected === undefined) expect(() => queue.getNowait()).to.throw("empty");
            else expect(queue.getNowait()).to.equal(expected.item);
          }
        }
      }),
    );
  });
});
