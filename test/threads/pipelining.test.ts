import { expect } from "chai";
import { once } from "node:events";
import { WorkerDiedError } from "skein/reactor";
import { CancelledError } from "skein/defer";
import { failure, poolTest, tasks } from "../support/pools.ts";

const only = ["libuv", "a simulated worker holds one call at a time"] as const;

async function heard(channel: string): Promise<() => void> {
  const listener = new BroadcastChannel(channel);
  await once(listener as unknown as EventTarget, "message");
  return () => listener.close();
}

describe("a pool: calls that wait inside a worker", () => {
  poolTest("are as many as were made", { max: 2 }, async ({ pool }) => {
    const calls = Array.from({ length: 3000 }, (_, n) => pool.call(tasks.add, n, 1));
    expect(await Promise.all(calls)).to.deep.equal(Array.from(calls, (_, n) => n + 1));
    expect(pool.statistics()).to.include({ working: 0, queued: 0, finished: 3000, lost: 0 });
  });

  poolTest("may carry what fits into no slot", { max: 1 }, async ({ pool }) => {
    const large = "x".repeat(1000);
    const calls = Array.from({ length: 500 }, (_, n) =>
      pool.call(tasks.echo, n % 3 === 0 ? `${large}${n}` : n % 3 === 1 ? new Map([[n, n]]) : n),
    );
    const results = await Promise.all(calls);
    expect(results[0]).to.equal(`${large}0`);
    expect(results[1]).to.deep.equal(new Map([[1, 1]]));
    expect(results[299]).to.equal(299);
  });

  poolTest("go to another worker when theirs takes long", { max: 2, only }, async ({ pool }) => {
    await Promise.all([pool.call(tasks.spinFor, 30), pool.call(tasks.spinFor, 30)]);
    const never = pool.call(tasks.never).addErrback(() => {});
    const sums = Array.from({ length: 500 }, (_, n) => pool.call(tasks.add, n, 0));
    expect(await Promise.all(sums)).to.deep.equal(sums.map((_, n) => n));
    never.cancel();
  });

  poolTest("are not lost with a call before them", { max: 1, only }, async ({ pool }) => {
    const channel = "pipelining.test lost";
    const begun = heard(channel);
    const spinning = pool.call(tasks.spin, channel);
    const sums = [1, 2, 3, 4].map((n) => pool.call(tasks.add, n, 0));
    (await begun)();
    spinning.cancel();
    expect(await failure(spinning)).to.be.instanceOf(CancelledError);
    expect(await Promise.all(sums)).to.deep.equal([1, 2, 3, 4]);
    expect(pool.statistics()).to.include({ workers: 1, finished: 4, lost: 1 });
  });

  poolTest("begin in their order after that, too", { max: 1, only }, async ({ pool }) => {
    const dying = failure(pool.call(tasks.exit, 3));
    const calls = Array.from({ length: 300 }, (_, n) => pool.call(tasks.begin, "after", n));
    expect(await dying).to.be.instanceOf(WorkerDiedError);
    const orders = await Promise.all(calls);
    expect(orders.at(-1)).to.deep.equal(calls.map((_, n) => n));
  });

  poolTest("leave nothing in their slots when they are taken back", { max: 1, only }, async (w) => {
    // The worker is being started: what is posted to it comes late.
    const first = w.pool.call(tasks.echo, new Map([[0, 0]]));
    for (let n = 0; n < 300; n++) {
      const revoked = w.pool.call(tasks.echo, new Map([[-1, n]])).addErrback(() => {});
      revoked.cancel();
    }
    await first;
    for (let n = 0; n < 300; n++) {
      expect(await w.pool.call(tasks.echo, new Map([[1, n]]))).to.deep.equal(new Map([[1, n]]));
    }
  });

  poolTest(
    "none is lost, and none begins twice, when workers exit",
    { max: 2, only },
    async (w) => {
      const calls = 5000;
      const begun = new SharedArrayBuffer(calls * 4);
      let died = 0;
      const outcomes = await Promise.all(
        Array.from({ length: calls }, (_, n) =>
          w.pool.call(tasks.exitSometimes, begun, n).addErrback(({ value }) => {
            expect(value).to.be.instanceOf(WorkerDiedError);
            died++;
            return -n;
          }),
        ),
      );
      expect(outcomes).to.deep.equal(outcomes.map((_, n) => (n % 500 === 499 ? -n : n)));
      expect([...new Int32Array(begun)]).to.deep.equal(outcomes.map(() => 1));
      expect(died).to.equal(calls / 500);
      expect(await w.pool.call(tasks.add, 1, 2)).to.equal(3);
      expect(w.pool.statistics()).to.include({ queued: 0, working: 0, lost: died });
    },
    60_000,
  );
});
