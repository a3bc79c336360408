import { expect } from "chai";
import { Deferred } from "skein/defer";
import { createReactor, WorkerDiedError } from "skein/reactor";
import { ThreadPool } from "skein/threads";
import { failure, poolTest, tasks } from "../support/pools.ts";

const only = ["libuv", "a simulated worker has no process of its own to end"] as const;

describe("a pool: workers that die", () => {
  it("are replaced, though who is told of it throws", async () => {
    const errors: string[] = [];
    const told = new Deferred<void>();
    const reactor = createReactor("libuv", {
      onError(error, doing) {
        errors.push(`${doing}: ${String(error)}`);
        told.callback();
      },
    });
    const stopped = reactor.run();
    const onWorkerLost = (): never => {
      throw new RangeError("not now");
    };
    const pool = new ThreadPool(reactor, { max: 1, onWorkerLost });
    await pool.call(tasks.dieLater);
    await told;
    expect(await pool.call(tasks.add, 2, 3)).to.equal(5);
    pool.stop();
    reactor.stop();
    await stopped;
    expect(errors).to.deep.equal(["telling of a worker that was lost: RangeError: not now"]);
  });

  poolTest("fail their call, and are replaced", { max: 1, only }, async ({ pool }) => {
    const dying = pool.call(tasks.exit, 7);
    const sum = pool.call(tasks.add, 2, 3);
    const error = await failure(dying);
    expect(error).to.be.instanceOf(WorkerDiedError);
    expect(error.message).to.equal("a worker exited with status 7");
    expect(await sum).to.equal(5);
    expect(pool.statistics()).to.include({ workers: 1, working: 0, queued: 0 });
  });

  for (const [what, thrown, text] of [
    ["an error", new RangeError("out of range"), "out of range"],
    ["null", null, "null"],
  ] as const) {
    poolTest(`of ${what} that nobody catches fail their call`, { max: 1, only }, async (w) => {
      const error = await failure(w.pool.call(tasks.throwAside, thrown));
      expect(error).to.be.instanceOf(WorkerDiedError);
      expect(error.message).to.equal(`a worker died: ${text}`);
      expect(await w.pool.call(tasks.add, 2, 3)).to.equal(5);
    });
  }
});
