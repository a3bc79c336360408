import { expect } from "chai";
import { Worker } from "node:worker_threads";
import { createReactor, QueueFullError } from "skein/reactor";

/** A thread of its own, which counts to `count` in messages. */
function countingThread(count: number): Worker {
  const code = `
    const { parentPort, workerData } = require("node:worker_threads");
    for (let i = 1; i <= workerData; i++) parentPort.postMessage(i);
  `;
  return new Worker(code, { eval: true, workerData: count });
}

describe("callFromThread", () => {
  it("makes the calls of several threads, each one's in order, and wakes the loop", async () => {
    const reactor = createReactor("libuv");
    const seen: [thread: string, message: number][] = [];
    const stopped = reactor.run();
    const threads = ["a", "b", "c"].map((name) => {
      const thread = countingThread(100);
      thread.on("message", (message: number) => {
        reactor.callFromThread(() => {
          seen.push([name, message]);
          if (seen.length === 300) reactor.stop();
        });
      });
      return name;
    });
    // Nothing else would ever wake it.
    await stopped;
    for (const name of threads) {
      const messages = seen.filter(([thread]) => thread === name).map(([, message]) => message);
      expect(messages).to.deep.equal(Array.from({ length: 100 }, (_, i) => i + 1));
    }
  });

  it("keeps what comes before the reactor runs, in order, for its first turn", async () => {
    const reactor = createReactor("clock");
    const seen: string[] = [];
    for (const name of ["a", "b"]) reactor.callFromThread(() => seen.push(name));
    expect(seen).to.deep.equal([]);
    await reactor.advance(0);
    expect(seen).to.deep.equal(["a", "b"]);
  });

  it("has calls that come during a turn's calls wait for the next turn", async () => {
    const turns: string[] = [];
    const reactor = createReactor("clock", { trace: ({ event }) => turns.push(event) });
    await reactor.advance(0);
    turns.length = 0;
    for (let i = 0; i < 2; i++) {
      reactor.callFromThread(() => {
        for (let j = 0; j < 3; j++) reactor.callFromThread(() => {});
      });
    }
    await reactor.advance(0);
    expect(turns).to.deep.equal(["turn 2", "turn 6"]);
  });

  it("has a limit, beyond which it throws; what waits is called all the same", async () => {
    const reactor = createReactor("clock");
    let calls = 0;
    const call = (): void => void calls++;
    for (let i = 0; i < 1_000_000; i++) reactor.callFromThread(call);
    expect(() => reactor.callFromThread(call)).to.throw(QueueFullError);
    await reactor.advance(0);
    expect(calls).to.equal(1_000_000);
  });
});
