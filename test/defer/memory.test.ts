import { expect } from "chai";
import { AsyncResource } from "node:async_hooks";
import { Deferred, inlineCallbacks } from "skein/defer";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterMicrotasks, watch } from "../support/outcomes.ts";

const STEPS = 1_000_000;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function usedBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

describe("memory", () => {
  it("does not keep the places of callbacks that have run, though others always wait", () => {
    const deferred = new Deferred<number>();
    let atEnd = 0;
    const step = (n: number): number => {
      if (n < STEPS) deferred.addCallback(step);
      else if (n === STEPS) atEnd = usedBytes();
      return n + 1;
    };
    deferred.addCallback(step);
    deferred.addCallback(step);
    const before = usedBytes();
    deferred.callback(0);
    expect(watch(deferred)).to.deep.equal([STEPS + 2]);
    // Two places of eight bytes for each step would be 16 MB.
    expect(atEnd - before).to.be.lessThan(4_000_000);
  });

  it("does not keep the result of an async function for what that has left behind", async () => {
    const results: WeakRef<object>[] = [];
    const left: AsyncResource[] = [];
    const start = inlineCallbacks(async () => {
      const result = {};
      results.push(new WeakRef(result));
      left.push(new AsyncResource("a socket, say"));
      return result;
    });
    await (async () => void (await start()))();
    await afterMicrotasks();
    collectGarbage();
    expect(results.map((result) => result.deref())).to.deep.equal([undefined]);
    expect(left).to.have.lengthOf(1);
  });
});
