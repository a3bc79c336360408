import { expect } from "chai";
import { createReactor, NoCapabilityError, type Reactor } from "skein/reactor";
import { deferToThread, getThreadPool } from "skein/threads";
import { failure, tasks } from "../support/pools.ts";

describe("a reactor without workers", () => {
  // For JavaScript; in TypeScript it does not compile.
  const reactor = createReactor("timer") as unknown as Reactor<"threads">;

  it("fails the call, and says what it lacks", async () => {
    const error = await failure(deferToThread(reactor, tasks.add, 1, 2));
    expect(error).to.be.instanceOf(NoCapabilityError);
    expect(error.message).to.match(
      /^startWorker\(\) needs the capability "threads", which backend/,
    );
  });

  it("has nothing left of the call in its pool", async () => {
    await failure(deferToThread(reactor, tasks.add, 1, 2));
    expect(getThreadPool(reactor).statistics()).to.include({
      workers: 0,
      working: 0,
      queued: 0,
    });
    getThreadPool(reactor).stop();
  });
});
