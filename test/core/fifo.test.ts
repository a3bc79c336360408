import { expect } from "chai";
import fc from "fast-check";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { QueueFullError } from "../../src/core/errors.ts";
import { Fifo } from "../../src/core/fifo.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

describe("Fifo", () => {
  it("gives the items in the order they came", () => {
    const queue = new Fifo<string>(10);
    queue.push("a");
    queue.push("b");
    expect(queue.shift()).to.equal("a");
    queue.push("c");
    expect([queue.shift(), queue.shift(), queue.shift()]).to.deep.equal(["b", "c", undefined]);
  });

  it("gives undefined when it is empty, and works on", () => {
    const queue = new Fifo<number>(1);
    expect(queue.shift()).to.equal(undefined);
    expect(queue.length).to.equal(0);
    queue.push(1);
    expect(queue.shift()).to.equal(1);
    expect(queue.shift()).to.equal(undefined);
  });

  it("takes as many as its limit, and no more", () => {
    const queue = new Fifo<number>(2);
    queue.push(1);
    queue.push(2);
    expect(() => queue.push(3))
      .to.throw(QueueFullError, "2 are waiting")
      .with.property("code", "ERR_QUEUE_FULL");
    expect(queue.length).to.equal(2);
    queue.shift();
    queue.push(3);
    expect([queue.shift(), queue.shift(), queue.shift()]).to.deep.equal([2, 3, undefined]);
  });

  it("behaves as an array does, with push and shift in any order", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 200 }), (pushes) => {
        const queue = new Fifo<number>(20);
        const model: number[] = [];
        pushes.forEach((push, i) => {
          if (!push) {
            expect(queue.shift()).to.equal(model.shift());
          } else if (model.length < 20) {
            queue.push(i);
            model.push(i);
          } else {
            expect(() => queue.push(i)).to.throw(QueueFullError);
          }
          expect(queue.length).to.equal(model.length);
        });
      }),
    );
  });

  it("does not hold on to what was shifted, though others still wait", async () => {
    const queue = new Fifo<object>(10);
    const refs = [1, 2, 3, 4].map((n) => {
      const item = { n };
      queue.push(item);
      return new WeakRef(item);
    });
    queue.shift();
    // A WeakRef holds on to its object until the turn is over.
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    collectGarbage();
    expect(refs.map((ref) => ref.deref() !== undefined)).to.deep.equal([false, true, true, true]);
    expect(queue.length).to.equal(3);
  });

  it("does not grow when as many are shifted as pushed", () => {
    const queue = new Fifo<number>(10);
    queue.push(0);
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    for (let i = 1; i <= 1_000_000; i++) {
      queue.push(i);
      queue.shift();
    }
    collectGarbage();
    // A place of eight bytes for each would be 8 MB.
    expect(process.memoryUsage().heapUsed - before).to.be.lessThan(2_000_000);
    expect(queue.shift()).to.equal(1_000_000);
  });
});
