import { expect } from "chai";
import { CancelledError, TimeoutError } from "skein/defer";
import { CannotCrossError, WorkerDiedError } from "skein/reactor";
import { deferToProcess, getProcessPool } from "skein/threads";
import { failure, poolTest, tasks } from "../support/pools.ts";

const only = ["libuv", "a simulated worker has no process of its own"] as const;
const substrate = "processes";

describe("a pool of processes", () => {
  poolTest("answers as one of threads does", { max: 2, substrate, only }, async ({ pool }) => {
    const sums = Array.from({ length: 200 }, (_, n) => pool.call(tasks.add, n, 1));
    expect(await Promise.all(sums)).to.deep.equal(sums.map((_, n) => n + 1));
    const rich = {
      map: new Map([[1, new Set([2n])]]),
      at: new Date(0),
      bytes: new Uint8Array(9e5),
    };
    expect(await pool.call(tasks.echo, rich)).to.deep.equal(rich);
    expect(await pool.map(tasks.double, [1, 2, 3])).to.deep.equal([2, 4, 6]);
    const error = await failure(pool.call(tasks.fail));
    expect(error).to.include({ name: "TaskError", message: "cannot do that", code: "ERR_TASK" });
    expect(await failure(pool.call(tasks.giveFunction))).to.be.instanceOf(CannotCrossError);
    expect(await failure(pool.call(tasks.echo, () => {}))).to.be.instanceOf(CannotCrossError);
  });

  poolTest("runs them in processes", { max: 2, substrate, only }, async ({ reactor, pool }) => {
    expect(await pool.call(tasks.pid)).not.to.equal(process.pid);
    expect(await deferToProcess(reactor, tasks.pid)).not.to.equal(process.pid);
    expect(getProcessPool(reactor).statistics()).to.include({ workers: 1, finished: 1 });
  });

  poolTest("moves what is to be transferred", { substrate, only }, async ({ pool }) => {
    const bytes = new Uint8Array(1000);
    const call = pool.callWith({ transfer: [bytes.buffer] }, tasks.byteLength, bytes);
    expect(bytes.byteLength).to.equal(0);
    expect(await call).to.equal(1000);
  });

  poolTest("refuses memory that is to be shared", { substrate, only }, async ({ pool }) => {
    const error = await failure(pool.call(tasks.echo, [new SharedArrayBuffer(4)]));
    expect(error).to.be.instanceOf(CannotCrossError);
    expect(error.message).to.match(/^an argument of echo\(\) cannot cross .*SharedArrayBuffer/);
  });

  poolTest("replaces one that exits", { max: 1, substrate, only }, async ({ pool }) => {
    const dying = pool.call(tasks.exit, 7);
    const sum = pool.call(tasks.add, 2, 3);
    const error = await failure(dying);
    expect(error).to.be.instanceOf(WorkerDiedError);
    expect(error.message).to.equal("a worker exited with status 7");
    expect(await sum).to.equal(5);
  });

  poolTest("ends one whose call is cancelled", { max: 1, substrate, only }, async ({ pool }) => {
    const never = pool.callWith({ timeout: 0.3 }, tasks.never);
    expect(await failure(never)).to.be.instanceOf(TimeoutError);
    const spinning = pool.call(tasks.spinFor, 1e9);
    await new Promise((resolve) => setTimeout(resolve, 50));
    spinning.cancel();
    expect(await failure(spinning)).to.be.instanceOf(CancelledError);
    expect(await pool.call(tasks.add, 2, 3)).to.equal(5);
  });

  poolTest(
    "has functions report, and see that they are cancelled",
    {
      max: 1,
      substrate,
      only,
    },
    async ({ pool }) => {
      const seen: unknown[] = [];
      const call = pool.callWith(
        {
          onProgress(value) {
            seen.push(value);
            call.cancel();
          },
        },
        tasks.reportAndCompute,
      );
      expect(await failure(call)).to.be.instanceOf(CancelledError);
      expect(seen).to.deep.equal(["begun"]);
      // It ended by itself: the same process answers.
      expect(await pool.call(tasks.add, 2, 3)).to.equal(5);
      expect(pool.statistics()).to.include({ lost: 0 });
    },
  );

  poolTest(
    "loses the calls alone whose processes are killed",
    { max: 2, substrate, only },
    async ({ pool }) => {
      let pid = 0;
      let killed = 0;
      const outcomes = await Promise.all(
        Array.from({ length: 10_000 }, (_, n) =>
          pool
            .callWith({ onProgress: (value) => void (pid = Number(value)) }, tasks.tellPid, n)
            .addCallback((result) => {
              if (n % 1000 === 500 && pid > 0) process.kill(pid, "SIGKILL");
              return result;
            })
            .addErrback(({ value }) => {
              expect(value).to.be.instanceOf(WorkerDiedError);
              expect((value as Error).message).to.equal("a worker was killed by SIGKILL");
              killed++;
              return n;
            }),
        ),
      );
      expect(outcomes).to.deep.equal(outcomes.map((_, n) => n));
      expect(killed).to.be.within(1, 10);
      expect(await pool.call(tasks.add, 2, 3)).to.equal(5);
      expect(pool.statistics()).to.include({ working: 0, queued: 0 });
    },
    60_000,
  );
});
