import { expect } from "chai";
import { once } from "node:events";
import { CancelledError, TimeoutError } from "skein/defer";
import { currentCall, NotInWorkerError } from "skein/threads/worker";
import { failure, poolTest, tasks } from "../support/pools.ts";

const only = ["libuv", "the call would hold the reactor's own thread"] as const;

function listener(name: string): { next(): Promise<unknown>; close(): void } {
  const channel = new BroadcastChannel(name);
  return {
    async next() {
      const [event] = (await once(channel as unknown as EventTarget, "message")) as [MessageEvent];
      return event.data as unknown;
    },
    close: () => channel.close(),
  };
}

describe("the current call, in a worker", () => {
  for (const name of ["untilCancelled", "computeUntilCancelled"] as const) {
    poolTest(`is told by its signal: ${name}`, { max: 1, only }, async ({ pool }) => {
      const channel = listener(name);
      const begun = channel.next();
      const call = pool.call<[string], unknown>(tasks[name], name);
      await begun;
      const end = channel.next();
      call.cancel();
      expect(await failure(call)).to.be.instanceOf(CancelledError);
      expect(await end).to.equal("cancelled");
      channel.close();
      expect(await pool.call(tasks.add, 2, 3)).to.equal(5);
      expect(pool.statistics()).to.include({ workers: 1, lost: 0 });
    });
  }

  poolTest(
    "ends with its worker after the grace time",
    { max: 1, cancelGraceSeconds: 0.02, only },
    async ({ pool }) => {
      const channel = listener("stubborn");
      const begun = channel.next();
      const call = pool.call(tasks.stubborn, "stubborn");
      const waiting = pool.call(tasks.add, 2, 3);
      await begun;
      channel.close();
      call.cancel();
      expect(await failure(call)).to.be.instanceOf(CancelledError);
      expect(await waiting).to.equal(5);
      expect(pool.statistics()).to.include({ workers: 1, lost: 1 });
    },
  );

  poolTest("has a deadline", { max: 1, only }, async ({ pool }) => {
    const error = await failure(pool.callWith({ timeout: 0.02 }, tasks.never));
    expect(error).to.be.instanceOf(TimeoutError);
    expect(error.message).to.equal("never() has not ended in 0.02 seconds");
    expect(await pool.call(tasks.add, 2, 3)).to.equal(5);
  });

  poolTest("reports progress, before it ends", { max: 1 }, async ({ pool }) => {
    const seen: unknown[] = [];
    const result = await pool.callWith(
      { onProgress: (value) => void seen.push(value) },
      tasks.reportThrice,
    );
    expect(result).to.equal("done");
    expect(seen).to.deep.equal([{ part: 1 }, { part: 2 }, { part: 3 }]);
  });

  poolTest("fails with what onProgress throws", { max: 1 }, async ({ pool }) => {
    const onProgress = (): never => {
      throw new RangeError("enough");
    };
    const error = await failure(pool.callWith({ onProgress }, tasks.reportThrice));
    expect(error).to.be.instanceOf(RangeError);
    expect(await pool.call(tasks.add, 2, 3)).to.equal(5);
  });

  poolTest("is to be asked for before the first await", {}, async ({ pool }) => {
    expect(await failure(pool.call(tasks.askLate))).to.include({ code: "ERR_NOT_IN_WORKER" });
  });

  it("is not there outside", () => {
    expect(() => currentCall()).to.throw(NotInWorkerError);
  });
});
