import { expect } from "chai";
import { Deferred } from "skein/defer";
import { BadOptionError, createReactor, QueueFullError } from "skein/reactor";
import { Cooperator } from "skein/task";
import { cooperating } from "../support/cooperating.ts";
import { collectUnhandled, errorOf, failedWith, watch } from "../support/outcomes.ts";

/** Work that is never done. */
function* endless(): Generator<undefined> {
  for (;;) yield;
}

describe("a Cooperator's limit", () => {
  const unhandled = collectUnhandled();
  afterEach(() => expect(unhandled).to.deep.equal([]));

  it("has one task more refused, which is not begun", async () => {
    const { cooperator, slices } = cooperating({ tasksMax: 2 });
    const tasks = [cooperator.cooperate(endless()), cooperator.cooperate(endless())];
    let begun = 0;
    const more = {
      [Symbol.iterator]() {
        begun++;
        return endless();
      },
    };
    const full = "the cooperator has 2 tasks already";
    expect(() => cooperator.cooperate(more)).to.throw(QueueFullError, full);
    expect(() => cooperator.coiterate(more)).to.throw(QueueFullError, full);
    expect(begun).to.equal(0);
    await slices();
    for (const task of tasks) watch(task.whenDone());
    cooperator.stop();
  });

  it("counts those that are paused, or wait, and no more those that have ended", async () => {
    const { cooperator, slices } = cooperating({ tasksMax: 4 });
    const wait = new Deferred<void>();
    cooperator.cooperate(endless()).pause();
    cooperator.cooperate([wait].values());
    const stopped = cooperator.cooperate(endless());
    const cancelled = cooperator.coiterate(endless());
    await slices();
    const refused = (): void => {
      expect(() => cooperator.cooperate([])).to.throw(QueueFullError);
    };
    refused();

    stopped.stop();
    cooperator.cooperate(endless());
    refused();
    cancelled.cancel();
    expect(errorOf(cancelled)).to.have.property("code", "ERR_CANCELLED");
    cooperator.cooperate(endless());
    refused();
    wait.callback();
    await slices();
    const failing = watch(
      cooperator.coiterate(
        (function* () {
          yield;
          throw new RangeError("planted");
        })(),
      ),
    );
    refused();
    await slices();
    expect(failedWith(failing)).to.be.instanceOf(RangeError);
    cooperator.cooperate(endless());
    refused();
    cooperator.stop();
    cooperator.start();
    // The paused one alone is left.
    for (let i = 0; i < 3; i++) cooperator.cooperate(endless());
    refused();
    cooperator.stop();
  });

  it("does not count what could not be begun, nor what a stopped one has refused", () => {
    const cooperator = new Cooperator(createReactor("clock"), { tasksMax: 1 });
    const broken = {
      [Symbol.iterator](): never {
        throw new RangeError("planted");
      },
    };
    expect(() => cooperator.cooperate(broken)).to.throw("planted");
    cooperator.stop();
    expect(errorOf(cooperator.coiterate([]))).to.have.property("code", "ERR_SCHEDULER_STOPPED");
    cooperator.start();
    cooperator.cooperate(endless());
    expect(() => cooperator.cooperate([])).to.throw(QueueFullError);
    cooperator.stop();
    expect(errorOf(cooperator.coiterate([]))).to.have.property("code", "ERR_SCHEDULER_STOPPED");
  });

  it("is 100,000 unless given, and at least 1", () => {
    const clock = createReactor("clock");
    const cooperator = new Cooperator(clock, { started: false });
    for (let i = 0; i < 100_000; i++) cooperator.cooperate([]);
    expect(() => cooperator.cooperate([])).to.throw(QueueFullError);
    for (const tasksMax of [0, -1, NaN]) {
      expect(() => new Cooperator(clock, { tasksMax })).to.throw(BadOptionError, "tasksMax");
    }
  });
});
