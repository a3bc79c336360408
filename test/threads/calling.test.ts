import { expect } from "chai";
import { deferToThread, getThreadPool } from "skein/threads";
import { everyPoolTest, failure, poolTest, tasks } from "../support/pools.ts";

describe("a pool: calling", () => {
  poolTest("gives what the function returns", {}, async ({ pool }) => {
    expect(await pool.call(tasks.add, 2, 3)).to.equal(5);
    expect(await pool.call(tasks.nothing)).to.equal(undefined);
  });

  poolTest("waits for an async function", {}, async ({ pool }) => {
    expect(await pool.call(tasks.addLater, 2, 3)).to.equal(5);
  });

  everyPoolTest("waits for what is not quite a promise", { max: 1 }, async ({ pool }) => {
    expect(await pool.call(tasks.almostPromise, "settlesTwice")).to.equal(1);
    expect(await pool.call(tasks.add, 2, 3)).to.equal(5);
    expect(await pool.call(tasks.almostPromise, "isFunction")).to.equal(3);
    expect(await pool.call(tasks.almostPromise, "givesPromise")).to.equal(4);
    const error = await failure(pool.call(tasks.almostPromise, "throws"));
    expect(String(error)).to.equal("RangeError: no then");
    expect(await pool.call(tasks.almostPromise, "cannotBeCalled")).to.deep.equal({ then: 5 });
    const kinds = ["cannotBeCalled", "isFunction", "settlesTwice", "givesPromise"] as const;
    expect(await pool.map(tasks.almostPromise, kinds)).to.deep.equal([{ then: 5 }, 3, 1, 4]);
  });

  poolTest("calls no callback before it has returned", {}, async ({ pool }) => {
    let returned = false;
    let answered = 0;
    const call = pool.call(tasks.add, 2, 3).addCallback((sum) => {
      expect(returned).to.equal(true);
      answered = sum;
    });
    returned = true;
    await call;
    expect(answered).to.equal(5);
  });

  poolTest("copies arguments and results", {}, async ({ pool }) => {
    const list = [1, 2];
    expect(await pool.call(tasks.push, list)).to.equal(3);
    expect(list).to.deep.equal([1, 2]);

    const rich = {
      map: new Map([[{ key: 1 }, new Set([1n])]]),
      bytes: new Uint8Array([1, 2]),
      at: new Date(0),
      self: undefined as unknown,
    };
    rich.self = rich;
    const copy = (await pool.call(tasks.echo, rich)) as typeof rich;
    expect(copy).not.to.equal(rich);
    expect(copy).to.deep.equal(rich);
    expect(copy.self).to.equal(copy);
  });

  poolTest("copies an instance of a class as plain data", {}, async ({ pool }) => {
    class Point {
      x = 1;
      length(): number {
        return this.x;
      }
    }
    const copy = await pool.call(tasks.echo, new Point());
    expect(Object.getPrototypeOf(copy)).to.equal(Object.prototype);
    expect(copy).to.deep.equal({ x: 1 });
  });

  poolTest("copies the arguments when the call begins", { max: 1 }, async ({ pool }) => {
    const list = [1];
    const call = pool.call(tasks.push, list);
    list.push(2, 3);
    expect(await call).to.equal(2);
  });

  poolTest("begins calls in their order", { max: 1 }, async ({ pool, backend }) => {
    const test = `order on ${backend}`;
    const calls = Array.from({ length: 20 }, (_, n) => pool.call(tasks.begin, test, n));
    const orders = await Promise.all(calls);
    expect(orders.at(-1)).to.deep.equal(Array.from({ length: 20 }, (_, n) => n));
  });

  poolTest("answers more calls than it has workers", { max: 2 }, async ({ pool }) => {
    const calls = Array.from({ length: 30 }, (_, n) => pool.call(tasks.add, n, n));
    expect(await Promise.all(calls)).to.deep.equal(Array.from({ length: 30 }, (_, n) => n + n));
    expect(pool.statistics()).to.include({ workers: 2, working: 0, queued: 0 });
  });

  poolTest("deferToThread calls in the reactor's own pool", {}, async ({ reactor }) => {
    expect(await deferToThread(reactor, tasks.add, 2, 3)).to.equal(5);
    expect(getThreadPool(reactor)).to.equal(getThreadPool(reactor));
    expect(getThreadPool(reactor).statistics()).to.include({ workers: 1, working: 0 });
  });

  poolTest("a callback may make the next call", { max: 1 }, async ({ pool }) => {
    const sum = await pool
      .call(tasks.add, 1, 2)
      .addCallback((three) => pool.call(tasks.add, three, 4));
    expect(sum).to.equal(7);
  });
});
