import { expect } from "chai";
import { CancelledError, Deferred, fail } from "skein/defer";
import {
  type CooperativeTask,
  NotPausedError,
  TaskDoneError,
  TaskFailedError,
  TaskStoppedError,
} from "skein/task";
import { cooperating } from "../support/cooperating.ts";
import { collectUnhandled, errorOf, raise, watch } from "../support/outcomes.ts";

describe("CooperativeTask", () => {
  const unhandled = collectUnhandled();
  afterEach(() => expect(unhandled).to.deep.equal([]));

  function* failing(error: unknown): Generator<undefined> {
    yield;
    raise(error);
  }

  describe("whenDone()", () => {
    it("fires with the iterator when that is exhausted", async () => {
      const { cooperator, counted, slices } = cooperating();
      const steps = counted("a", 2);
      const outcomes = watch(cooperator.cooperate(steps).whenDone());
      expect(outcomes).to.deep.equal([]);
      await slices();
      expect(outcomes).to.have.lengthOf(1);
      expect(outcomes[0]).to.equal(steps);
    });

    it("gives each who asks a Deferred of its own, before and after the end", async () => {
      const { cooperator, counted, slices } = cooperating();
      const steps = counted("a", 1);
      const task = cooperator.cooperate(steps);
      const early = [task.whenDone(), task.whenDone()];
      const log: string[] = [];
      for (const [i, one] of early.entries()) one.addCallback(() => void log.push(`early ${i}`));
      await slices();
      const late = task.whenDone();
      expect(log).to.deep.equal(["early 0", "early 1"]);
      expect(new Set([...early, late]).size).to.equal(3);
      expect(watch(late)).to.deep.equal([steps]);
    });

    it("fails with what the iterator throws", async () => {
      const { cooperator, slices } = cooperating();
      const planted = new RangeError("planted");
      const task = cooperator.cooperate(failing(planted));
      const outcomes = [watch(task.whenDone()), watch(task.whenDone())];
      await slices();
      expect(outcomes).to.deep.equal([[{ failed: planted }], [{ failed: planted }]]);
      expect(errorOf(task.whenDone())).to.equal(planted);
    });

    it("fails with what a Deferred that was yielded fails with", async () => {
      const { cooperator, slices, waiting, waits, log } = cooperating();
      const outcomes = watch(cooperator.cooperate(waiting("w", 2)).whenDone());
      await slices();
      const planted = new RangeError("planted");
      waits[0]?.errback(planted);
      expect(outcomes).to.deep.equal([{ failed: planted }]);
      expect(await slices()).to.equal("");
      expect(log).to.deep.equal([]);
    });

    it("fails with what a Deferred had failed with when it was yielded", async () => {
      const { cooperator, slices } = cooperating();
      const planted = new RangeError("planted");
      function* yieldingFailure() {
        yield fail(planted);
      }
      const outcomes = watch(cooperator.cooperate(yieldingFailure()).whenDone());
      await slices();
      expect(outcomes).to.deep.equal([{ failed: planted }]);
    });

    it("fails for an iterator whose next() gives nothing", async () => {
      const { cooperator, slices } = cooperating();
      const broken = { next: () => undefined } as unknown as Iterator<unknown>;
      const outcomes = watch(cooperator.cooperate(broken).whenDone());
      await slices();
      expect(outcomes[0]).to.have.property("failed").that.is.instanceOf(TypeError);
    });

    it("cancelled gives up that waiting only", async () => {
      const { cooperator, counted, slices } = cooperating({ stepsInSlice: 1 });
      const steps = counted("a", 1);
      const task = cooperator.cooperate(steps);
      const [given, kept] = [task.whenDone(), task.whenDone()];
      const outcomes = watch(kept);
      await slices();
      given.cancel();
      expect(errorOf(given)).to.be.instanceOf(CancelledError);
      expect(await slices()).to.equal("a.");
      expect(outcomes).to.deep.equal([steps]);
    });

    it("may be asked from a callback of another, when all is over", async () => {
      const { cooperator, counted, slices } = cooperating();
      const task = cooperator.cooperate(counted("a", 1));
      const outcomes: unknown[] = [];
      task.whenDone().addCallback(() => {
        expect(() => task.stop()).to.throw(TaskDoneError);
        outcomes.push(...watch(task.whenDone()));
      });
      await slices();
      expect(outcomes).to.have.lengthOf(1);
    });
  });

  describe("a failure for which nobody waits", () => {
    it("is reported once", async () => {
      const { cooperator, counted, slices } = cooperating();
      const planted = new RangeError("planted");
      cooperator.cooperate(failing(planted));
      expect(await slices(2)).to.equal(" | ");
      expect(unhandled.splice(0)).to.deep.equal([planted]);
      cooperator.cooperate(counted("a", 1));
      expect(await slices()).to.equal("a0 a.");
    });

    it("is reported once when the only waiter has given up", async () => {
      const { cooperator, slices } = cooperating();
      const planted = new RangeError("planted");
      const waiter = cooperator.cooperate(failing(planted)).whenDone();
      waiter.cancel();
      errorOf(waiter);
      await slices(2);
      expect(unhandled.splice(0)).to.deep.equal([planted]);
    });

    it("is reported once when coiterate's Deferred has no errback", async () => {
      const { cooperator, slices } = cooperating();
      const planted = new RangeError("planted");
      cooperator.coiterate(failing(planted));
      await slices(2);
      expect(unhandled.splice(0)).to.deep.equal([planted]);
    });

    it("is not one when the task, or the cooperator, was stopped", async () => {
      const { cooperator, counted, slices } = cooperating();
      cooperator.cooperate(counted("a", 1)).stop();
      cooperator.cooperate(counted("b", 1));
      cooperator.stop();
      cooperator.cooperate(counted("c", 1));
      expect(await slices()).to.equal("");
    });
  });

  describe("pause() and resume()", () => {
    it("are counted", async () => {
      const { cooperator, counted, slices } = cooperating({ stepsInSlice: 1 });
      const task = cooperator.cooperate(counted("a", 3));
      expect(await slices()).to.equal("a0");
      task.pause();
      task.pause();
      task.resume();
      expect(await slices()).to.equal("");
      task.resume();
      expect(await slices(2)).to.equal("a1 | a2");
      expect(() => task.resume()).to.throw(NotPausedError);
    });

    it("put the task last in the row", async () => {
      const { cooperator, counted, slices } = cooperating();
      const task = cooperator.cooperate(counted("a", 1));
      cooperator.cooperate(counted("b", 1));
      task.pause();
      task.resume();
      expect(await slices()).to.equal("b0 a0 b. a.");
    });

    it("work from within a step", async () => {
      const { cooperator, counted, log, slices } = cooperating();
      const tasks: CooperativeTask[] = [];
      function* pausing() {
        tasks[0]?.pause();
        log.push("p0");
        yield;
        tasks[0]?.pause();
        tasks[0]?.resume();
        log.push("p1");
        yield;
        log.push("p.");
        expect(() => tasks[0]?.resume()).to.throw(NotPausedError);
      }
      tasks.push(cooperator.cooperate(pausing()));
      expect(await slices(2)).to.equal("p0 | ");
      tasks[0]?.resume();
      cooperator.cooperate(counted("a", 2));
      expect(await slices()).to.equal("p1 a0 p. a1 a.");
    });

    it("do not end the waiting for a Deferred", async () => {
      const { cooperator, slices, waiting, waits } = cooperating();
      const task = cooperator.cooperate(waiting("w", 2));
      expect(await slices()).to.equal("w0");
      expect(() => task.resume()).to.throw(NotPausedError);
      task.pause();
      task.resume();
      expect(await slices()).to.equal("");
      waits[0]?.callback();
      expect(await slices()).to.equal("w1");
    });

    it("hold the task back after the Deferred that it waited for has fired", async () => {
      const { cooperator, slices, waiting, waits } = cooperating();
      const task = cooperator.cooperate(waiting("w", 2));
      await slices();
      task.pause();
      waits[0]?.callback();
      expect(await slices()).to.equal("");
      task.resume();
      expect(await slices()).to.equal("w1");
    });
  });

  describe("stop()", () => {
    it("makes no further step, and ends with TaskStoppedError", async () => {
      const { reactor, cooperator, counted, slices } = cooperating({ stepsInSlice: 1 });
      const task = cooperator.cooperate(counted("a", 3));
      const done = task.whenDone();
      await slices();
      task.stop();
      expect(errorOf(done)).to.be.instanceOf(TaskStoppedError);
      expect(errorOf(task.whenDone())).to.be.instanceOf(TaskStoppedError);
      expect(reactor.getDelayedCalls()).to.deep.equal([]);
      expect(await slices()).to.equal("");
    });

    it("does not end the iterator, which others may share", async () => {
      const { cooperator, counted, slices } = cooperating();
      const shared = counted("a", 1);
      const [first, second] = [cooperator.cooperate(shared), cooperator.cooperate(shared)];
      first.stop();
      const outcomes = watch(second.whenDone());
      expect(await slices()).to.equal("a0 a.");
      expect(outcomes).to.deep.equal([shared]);
    });

    const endings: Record<string, () => unknown> = {
      yields: () => undefined,
      returns: () => "return",
      "yields a Deferred": () => new Deferred<void>(),
    };
    for (const [what, give] of Object.entries(endings)) {
      it(`from within a step that ${what} then makes it the last`, async () => {
        const { cooperator, counted, log, slices } = cooperating();
        const tasks: CooperativeTask[] = [];
        function* stopping() {
          log.push("s");
          tasks[0]?.stop();
          const given = give();
          if (given === "return") return;
          yield given;
          log.push("never");
        }
        tasks.push(cooperator.cooperate(stopping()));
        const outcomes = watch(tasks[0]?.whenDone() as Deferred<unknown>);
        cooperator.cooperate(counted("o", 2));
        expect(await slices(2)).to.equal("s o0 o1 o. | ");
        expect(outcomes[0]).to.have.property("failed").that.is.instanceOf(TaskStoppedError);
      });
    }

    it("from within a step that then throws has that error reported, once", async () => {
      const { cooperator, counted, slices } = cooperating();
      const planted = new RangeError("planted");
      const tasks: CooperativeTask[] = [];
      // oxlint-disable-next-line require-yield -- its only step throws
      function* stopping() {
        tasks[0]?.stop();
        raise(planted);
      }
      tasks.push(cooperator.cooperate(stopping() as Generator<undefined>));
      const outcomes = watch(tasks[0]?.whenDone() as Deferred<unknown>);
      cooperator.cooperate(counted("o", 1));
      expect(await slices(2)).to.equal("o0 o. | ");
      expect(outcomes[0]).to.have.property("failed").that.is.instanceOf(TaskStoppedError);
      expect(unhandled.splice(0)).to.deep.equal([planted]);
    });

    it("leaves the Deferred that it waits for alone; its failure is reported, once", async () => {
      const { cooperator, slices, waiting, waits } = cooperating();
      const task = cooperator.cooperate(waiting("w", 2));
      const done = task.whenDone();
      await slices();
      task.stop();
      expect(errorOf(done)).to.be.instanceOf(TaskStoppedError);
      expect(waits[0]?.called).to.equal(false);
      const planted = new RangeError("planted");
      waits[0]?.errback(planted);
      expect(() => task.stop()).to.throw(TaskStoppedError);
      await slices(2);
      expect(unhandled.splice(0)).to.deep.equal([planted]);
    });

    it("and a Deferred that fires well afterwards makes no step", async () => {
      const { cooperator, slices, waiting, waits } = cooperating();
      const task = cooperator.cooperate(waiting("w", 2));
      await slices();
      task.stop();
      waits[0]?.callback();
      expect(await slices()).to.equal("");
    });

    it("ends a paused task; its pauses can still be ended", async () => {
      const { cooperator, counted, slices } = cooperating();
      const task = cooperator.cooperate(counted("a", 1));
      task.pause();
      task.stop();
      task.resume();
      expect(() => task.resume()).to.throw(NotPausedError);
      expect(await slices()).to.equal("");
    });
  });

  describe("after its end", () => {
    it("throws what ended it, and NotPausedError from resume()", async () => {
      const { cooperator, counted, slices } = cooperating();
      const planted = new RangeError("planted");
      const done = cooperator.cooperate(counted("a", 0));
      const failed = cooperator.cooperate(failing(planted));
      const stopped = cooperator.cooperate(counted("b", 1));
      stopped.stop();
      const outcomes = watch(failed.whenDone());
      await slices();
      expect(outcomes).to.have.lengthOf(1);
      for (const [task, error, code] of [
        [done, TaskDoneError, "ERR_TASK_DONE"],
        [failed, TaskFailedError, "ERR_TASK_FAILED"],
        [stopped, TaskStoppedError, "ERR_TASK_STOPPED"],
      ] as const) {
        expect(() => task.pause())
          .to.throw(error)
          .with.property("code", code);
        expect(() => task.stop()).to.throw(error);
        expect(() => task.resume()).to.throw(NotPausedError);
      }
      expect(() => failed.stop())
        .to.throw()
        .with.property("cause", planted);
    });
  });

  describe("cancelling coiterate's Deferred", () => {
    it("stops the work, and fails with CancelledError at once", async () => {
      const { reactor, cooperator, counted, slices } = cooperating({ stepsInSlice: 1 });
      const done = cooperator.coiterate(counted("a", 3));
      await slices();
      done.cancel();
      expect(errorOf(done)).to.be.instanceOf(CancelledError);
      expect(reactor.getDelayedCalls()).to.deep.equal([]);
      expect(await slices()).to.equal("");
    });

    it("cancels what the work waits for", async () => {
      const { cooperator, slices } = cooperating();
      let cancelled = 0;
      const wait = new Deferred<void>(() => void cancelled++);
      const done = cooperator.coiterate([wait]);
      await slices();
      done.cancel();
      expect(cancelled).to.equal(1);
      expect(errorOf(done)).to.be.instanceOf(CancelledError);
      await slices(2);
    });

    it("from within a step makes that the last", async () => {
      const { cooperator, log, slices } = cooperating();
      const done: Deferred<unknown>[] = [];
      function* giving() {
        log.push("g");
        done[0]?.cancel();
        yield;
        log.push("never");
      }
      done.push(cooperator.coiterate(giving()));
      const outcomes = watch(done[0] as Deferred<unknown>);
      expect(await slices(2)).to.equal("g | ");
      expect(outcomes[0]).to.have.property("failed").that.is.instanceOf(CancelledError);
    });

    it("when all is over does nothing", async () => {
      const { cooperator, counted, slices } = cooperating();
      const steps = counted("a", 0);
      const done = cooperator.coiterate(steps);
      await slices();
      done.cancel();
      expect(watch(done)).to.deep.equal([steps]);
    });
  });
});
