import { expect } from "chai";
import { PriorityQueue, Queue, QueueShutDownError, WouldBlockError } from "skein/threading";
import { everyPoolTest, poolTest } from "../support/pools.ts";
import { sharing } from "../support/threading.ts";

const blocks = ["libuv", "a simulated worker cannot wait for the thread that it runs in"] as const;

async function fill(queue: Queue<number>): Promise<void> {
  for (const n of [1, 2, 3, 4]) await queue.put(n);
  queue.shutdown();
}

describe("going through a queue of threads", () => {
  everyPoolTest("ends when it is shut down and empty", { max: 1 }, async ({ pool }) => {
    const queue = new Queue<number>({ maxSize: 2 });
    const all = pool.call(sharing.all, queue);
    await fill(queue);
    expect(await all).to.deep.equal([1, 2, 3, 4]);
  });

  for (const substrate of ["threads", "processes"] as const) {
    const options = { max: 1, substrate, only: blocks };
    poolTest(`blocks in a worker that asks for it, in ${substrate}`, options, async ({ pool }) => {
      const queue = new Queue<number>({ maxSize: 2 });
      const all = pool.call(sharing.allSync, queue);
      await fill(queue);
      expect(await all).to.deep.equal([1, 2, 3, 4]);
    });
  }

  it("takes no more than is gone through", async () => {
    const queue = new Queue<string>();
    for (const item of ["a", "b", "c"]) queue.putNowait(item);
    for await (const item of queue) if (item === "b") break;
    for (const item of queue) {
      expect(item).to.equal("c");
      break;
    }
    queue.shutdown();
    expect([...queue]).to.deep.equal([]);
    expect(() => queue.getNowait()).to.throw(QueueShutDownError);
  });

  it("goes by priority", async () => {
    const queue = new PriorityQueue<string>();
    queue.putNowait("later", 5);
    queue.putNowait("now", -1);
    queue.shutdown();
    const items: string[] = [];
    for await (const item of queue) items.push(item);
    expect(items).to.deep.equal(["now", "later"]);
  });

  it("does not block the reactor's thread", () => {
    const queue = new Queue<number>();
    queue.putNowait(1);
    const items = queue[Symbol.iterator]();
    expect(items.next().value).to.equal(1);
    expect(() => items.next()).to.throw(WouldBlockError);
  });
});
