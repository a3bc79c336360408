import { expect } from "chai";
import {
  type backends,
  CannotStartWorkerError,
  createReactor,
  type ReactorOn,
} from "skein/reactor";
import { ThreadPool } from "skein/threads";
import { tasks } from "../support/pools.ts";
import { type ScriptedWorker, scriptedReactor } from "../support/scripted-workers.ts";

interface Stand {
  readonly clock: ReactorOn<typeof backends.clock>;
  readonly workers: ScriptedWorker[];
  readonly pool: ThreadPool;
  /** Makes so many calls; notes which have ended, and how. */
  call(count: number): { cancel(): void }[];
  readonly outcomes: string[];
}

function stand(max: number): Stand {
  const workers: ScriptedWorker[] = [];
  const clock = createReactor("clock");
  const pool = new ThreadPool(scriptedReactor(clock, workers), { max });
  const outcomes: string[] = [];
  let made = 0;
  const call = (count: number): { cancel(): void }[] =>
    Array.from({ length: count }, () => {
      const n = made++;
      return pool.call(tasks.echo, n).addCallbacks(
        () => outcomes.push(`${n} ended`),
        ({ value }) => outcomes.push(`${n} ${(value as Error).name}`),
      );
    });
  return { clock, workers, pool, call, outcomes };
}

describe("a pool: calls that a worker holds", () => {
  it("make room for those in the queue when they are cancelled", () => {
    const { workers, call, pool } = stand(1);
    const [first, second] = call(3);
    expect(workers[0]?.held).to.deep.equal([0, 1]);
    first?.cancel();
    second?.cancel();
    expect(workers[0]?.held).to.deep.equal([2]);
    expect(pool.statistics()).to.include({ working: 1, queued: 0 });
  });

  it("are not ended with one before them that has ended in the same moment", () => {
    const { workers, call, outcomes, pool } = stand(1);
    const [first] = call(2);
    const [worker] = workers as [ScriptedWorker];
    worker.begin();
    // The pool finds the first call running; then, before it can do anything, the second begins.
    worker.beforeRevoke = () => {
      if (worker.held.length < 2 || !tried++) return;
      worker.end();
      worker.begin();
    };
    let tried = 0;
    first?.cancel();
    worker.beforeRevoke = undefined;
    expect(worker.terminated).to.equal(false);
    worker.end();
    worker.tell();
    expect(outcomes).to.deep.equal(["0 CancelledError", "1 ended"]);
    expect(pool.statistics()).to.include({ lost: 0, workers: 1, working: 0, queued: 0 });
  });

  it("leave each worker one when others take them over", async () => {
    const { clock, workers, call, pool } = stand(2);
    call(40);
    const [slow, quick] = workers as [ScriptedWorker, ScriptedWorker];
    expect(slow.held).to.have.lengthOf(2);
    for (let n = 0; n < 10; n++) {
      await clock.advance(0.002);
      quick.begin();
      quick.end();
      quick.tell();
    }
    expect(slow.held).to.deep.equal([0]);
    expect(pool.statistics().working).to.equal(2);
  });

  it("wait for another worker when theirs cannot be started, and fail if there is none", () => {
    const { workers, call, outcomes, pool } = stand(2);
    call(2);
    const [first] = workers as [ScriptedWorker];
    const refuse = (worker: ScriptedWorker | undefined): void =>
      worker?.events.died(new CannotStartWorkerError("no threads"));
    refuse(workers[1]);
    expect(first.held).to.deep.equal([0, 1]);
    call(1);
    refuse(workers[2]);
    // Another is not tried while some wait already.
    call(1);
    expect(workers).to.have.lengthOf(3);
    expect(pool.statistics()).to.include({ workers: 1, working: 1, queued: 3, lost: 0 });
    first.begin();
    first.end();
    first.tell();
    expect(first.held).to.deep.equal([1, 2]);
    refuse(first);
    expect(outcomes).to.deep.equal([
      "0 ended",
      "1 CannotStartWorkerError",
      "2 CannotStartWorkerError",
    ]);
    expect(workers[3]?.held).to.deep.equal([3]);
    refuse(workers[3]);
    expect(outcomes.at(-1)).to.equal("3 CannotStartWorkerError");
    expect(pool.statistics()).to.include({ workers: 0, queued: 0 });
  });

  it("go to one that has come to rest meanwhile when their worker cannot be started", () => {
    const { workers, call, pool } = stand(2);
    call(2);
    const [first, second] = workers as [ScriptedWorker, ScriptedWorker];
    first.begin();
    first.end();
    first.tell();
    second.events.died(new CannotStartWorkerError("no threads"));
    expect(first.held).to.deep.equal([1]);
    expect(pool.statistics()).to.include({ workers: 1, working: 1, queued: 0 });
  });

  it("may stop the pool when their arguments cannot cross", () => {
    const { workers, pool, call } = stand(1);
    const [first, second] = call(2);
    const [worker] = workers as [ScriptedWorker];
    pool.call(tasks.nothing).addErrback(() => pool.stop());
    worker.send = () => {
      throw new TypeError("cannot cross");
    };
    first?.cancel();
    second?.cancel();
    expect(pool.statistics()).to.include({ workers: 0, working: 0, queued: 0 });
  });
});
