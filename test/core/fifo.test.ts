import { expect } from "chai";
import fc from "fast-check";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Fifo } from "../../src/core/fifo.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

describe("Fifo", () => {
  it("gives the items in the order they came", () => {
    const queue = new Fifo<string>();
    queue.push("a");
    queue.push("b");
    expect(queue.shift()).to.equal("a");
    queue.push("c");
    expect([queue.shift(), queue.shift(), queue.shift()]).to.deep.equal(["b", "c", undefined]);
  });

  it("gives undefined when it is empty, and works on", () => {
    const queue = new Fifo<number>();
    expect(queue.shift()).to.equal(undefined);
    expect(queue.length).to.equal(0);
    queue.push(1);
    expect(queue.shift()).to.equal(1);
    expect(queue.shift()).to.equal(undefined);
  });

  it("takes one back at the front", () => {
    const queue = new Fifo<number>();
    queue.push(1);
    queue.push(2);
    queue.unshift(queue.shift() as number);
    queue.push(3);
    queue.unshift(0);
    expect(queue.peek()).to.equal(0);
    expect([0, 1, 2, 3].map(() => queue.shift())).to.deep.equal([0, 1, 2, 3]);
  });

  it("is empty when it is cleared", () => {
    const queue = new Fifo<number>();
    queue.push(1);
    queue.push(2);
    queue.shift();
    queue.push(3);
    queue.clear();
    expect([queue.length, queue.peek(), queue.shift()]).to.deep.equal([0, undefined, undefined]);
  });

  it("behaves as an array does, with push, shift, unshift and a look in any order", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("push", "shift", "unshift", "peek"), { maxLength: 200 }),
        (steps) => {
          const queue = new Fifo<number>();
          const model: number[] = [];
          steps.forEach((step, i) => {
            if (step === "shift") expect(queue.shift()).to.equal(model.shift());
            else if (step === "peek") expect(queue.peek()).to.equal(model[0]);
            else {
              queue[step](i);
              model[step](i);
            }
            expect(queue.length).to.equal(model.length);
          });
        },
      ),
    );
  });

  it("does not hold on to what was shifted, though others still wait", async () => {
    const queue = new Fifo<object>();
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
    const queue = new Fifo<number>();
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
