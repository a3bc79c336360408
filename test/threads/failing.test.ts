import { expect } from "chai";
import { CannotCrossError } from "skein/reactor";
import { failure, poolTest, tasks } from "../support/pools.ts";

describe("a pool: functions that fail", () => {
  poolTest("give their error: name, message, code, cause", {}, async ({ pool }) => {
    const error = await failure(pool.call(tasks.fail));
    expect(error).to.include({ name: "TaskError", message: "cannot do that", code: "ERR_TASK" });
    const cause = error.cause as Error;
    expect(cause).to.be.instanceOf(Error).and.include({ name: "RangeError", message: "too much" });
    expect((cause.cause as Error).message).to.equal("of everything");
  });

  poolTest("name their file in the stack", {}, async ({ pool }) => {
    const error = await failure(pool.call(tasks.fail));
    expect(error.stack).to.match(/^TaskError: cannot do that\n +at .*workers\/tasks\.ts:\d+:\d+/);
  });

  poolTest(
    "are refused where they are no handles, and what to do is said",
    {},
    async ({ pool }) => {
      function double(n: number): number {
        return 2 * n;
      }
      const error = await failure(pool.call(double as never, 3 as never));
      expect(error).to.be.instanceOf(CannotCrossError).and.include({ code: "ERR_CANNOT_CROSS" });
      expect(error.message).to.equal(
        "the function double cannot cross to a worker, which shares no code with this thread: " +
          "export it from a module, and take its handle from worker(url); or make it a handle by " +
          "inline(), of skein/threads/inline",
      );
    },
  );

  poolTest("may be async", {}, async ({ pool }) => {
    const error = await failure(pool.call(tasks.failLater));
    expect(error).to.be.instanceOf(TypeError);
    expect(error).to.include({ name: "TypeError", message: "not even later" });
  });

  poolTest("may throw what is no error", {}, async ({ pool }) => {
    const error = await failure(pool.call(tasks.failWithText));
    expect(error).to.include({ name: "Error", message: "just text" });
  });

  poolTest("leave the pool as it was", { max: 1 }, async ({ pool }) => {
    const calls = [pool.call(tasks.fail), pool.call(tasks.add, 2, 3)] as const;
    await failure(calls[0]);
    expect(await calls[1]).to.equal(5);
    expect(pool.statistics()).to.include({ workers: 1, working: 0, queued: 0 });
  });
});
