import { expect } from "chai";
import { Deferred, succeed } from "skein/defer";
import { createReactor } from "skein/reactor";
import { Cooperator, SchedulerStoppedError, type CooperativeTask } from "skein/task";
import { collectUnhandled, errorOf, watch } from "../support/outcomes.ts";
import { cooperating } from "../support/cooperating.ts";

describe("Cooperator", () => {
  const unhandled = collectUnhandled();
  afterEach(() => expect(unhandled).to.deep.equal([]));

  describe("order", () => {
    it("makes the first step in a turn of its own", async () => {
      const { reactor, log, counted } = cooperating();
      const cooperator = new Cooperator(reactor);
      cooperator.cooperate(counted("a", 1));
      expect(log).to.deep.equal([]);
      await reactor.advance(0);
      expect(log).to.deep.equal(["a0", "a."]);
    });

    it("steps the tasks in turn, in the order they were added", async () => {
      const { cooperator, counted, slices } = cooperating({ stepsInSlice: 2 });
      for (const name of ["a", "b", "c"]) cooperator.cooperate(counted(name, name === "a" ? 2 : 3));
      expect(await slices(6)).to.equal("a0 b0 | c0 a1 | b1 c1 | a. b2 | c2 b. | c.");
    });

    it("passes nobody over when one ends", async () => {
      const { cooperator, counted, slices } = cooperating();
      for (const [name, steps] of [
        ["a", 1],
        ["b", 3],
        ["c", 3],
      ] as const) {
        cooperator.cooperate(counted(name, steps));
      }
      expect(await slices()).to.equal("a0 b0 c0 a. b1 c1 b2 c2 b. c.");
    });

    it("makes one that yields a fired Deferred the last in the row", async () => {
      const { cooperator, log, slices } = cooperating();
      function* ready(name: string) {
        for (let i = 0; i < 3; i++) {
          log.push(name + i);
          yield succeed(1);
        }
      }
      cooperator.cooperate(ready("a"));
      cooperator.cooperate(ready("b"));
      expect(await slices()).to.equal("a0 b0 a1 b1 a2 b2");
    });

    it("puts those that have waited in the order in which their Deferreds have fired", async () => {
      const { cooperator, slices, waiting, waits } = cooperating();
      for (const name of ["a", "b", "c"]) cooperator.cooperate(waiting(name, 2));
      expect(await slices()).to.equal("a0 b0 c0");
      for (const i of [2, 0, 1]) waits[i]?.callback();
      expect(await slices()).to.equal("c1 a1 b1");
    });

    it("comes to a task that a step adds in the same round", async () => {
      const { cooperator, log, counted, slices } = cooperating({ stepsInSlice: 4 });
      function* adding() {
        log.push("m");
        cooperator.cooperate(counted("new", 2));
        yield;
        log.push("m2");
        yield;
      }
      cooperator.cooperate(adding());
      cooperator.cooperate(counted("b", 3));
      expect(await slices(3)).to.equal("m b0 new0 m2 | b1 new1 b2 | new. b.");
    });

    it("does not step one that another has stopped, or paused, in the same round", async () => {
      const { cooperator, log, counted, slices } = cooperating();
      const others: CooperativeTask[] = [];
      cooperator.cooperate(
        (function* () {
          log.push("k");
          others[0]?.stop();
          others[1]?.pause();
          yield;
          others[1]?.resume();
        })(),
      );
      others.push(cooperator.cooperate(counted("stopped", 3)));
      others.push(cooperator.cooperate(counted("paused", 1)));
      cooperator.cooperate(counted("z", 1));
      expect(await slices()).to.equal("k z0 z. paused0 paused.");
    });
  });

  describe("work", () => {
    function onReactor() {
      const reactor = createReactor("clock");
      return { reactor, cooperator: new Cooperator(reactor) };
    }

    it("may be any iterable, or a bare iterator", async () => {
      const { reactor, cooperator } = onReactor();
      const items = [1, 2, 3];
      const outcomes = watch(cooperator.coiterate(items));
      let steps = 0;
      const bare: Iterator<undefined> = {
        next: () => (++steps < 3 ? { value: undefined } : { done: true, value: undefined }),
      };
      const bareOutcomes = watch(cooperator.coiterate(bare));
      await reactor.advance(0);
      expect(outcomes).to.deep.equal([items]);
      expect(bareOutcomes).to.deep.equal([bare]);
      expect(steps).to.equal(3);
    });

    it("may wait for promises", async () => {
      const { reactor, cooperator } = onReactor();
      const log: string[] = [];
      function* working() {
        yield new Promise<void>((resolve) => void reactor.callLater(5, resolve));
        log.push(`at ${reactor.seconds()}`);
        yield Promise.reject(new RangeError("planted"));
      }
      const outcomes = watch(cooperator.coiterate(working()));
      await reactor.advance(10);
      expect(log).to.deep.equal(["at 5"]);
      expect(outcomes[0]).to.have.property("failed").that.is.instanceOf(RangeError);
    });

    it("may be an async iterable: each step is waited for", async () => {
      const { reactor, cooperator } = onReactor();
      const log: string[] = [];
      async function* working() {
        for (let i = 0; i < 2; i++) {
          await new Promise<void>((resolve) => void reactor.callLater(5, resolve));
          log.push(`at ${reactor.seconds()}`);
          yield i;
        }
      }
      const steps = working();
      const outcomes = watch(cooperator.coiterate(steps));
      await reactor.advance(20);
      expect(log).to.deep.equal(["at 5", "at 10"]);
      expect(outcomes).to.deep.equal([steps]);
    });

    it("of an async iterable waits for Deferreds, and fails with them", async () => {
      const { reactor, cooperator } = onReactor();
      const wait = new Deferred<void>();
      let asked = 0;
      const steps: AsyncIterable<unknown> = {
        [Symbol.asyncIterator]: () => ({
          next: () => Promise.resolve({ done: ++asked > 1, value: wait }),
        }),
      };
      const outcomes = watch(cooperator.coiterate(steps));
      await reactor.advance(1);
      expect(asked).to.equal(1);
      wait.errback(new RangeError("planted"));
      expect(outcomes[0]).to.have.property("failed").that.is.instanceOf(RangeError);
    });

    it("that tasks share is worked off with so much under way at once", async () => {
      const { reactor, cooperator } = onReactor();
      let underWay = 0;
      let most = 0;
      function* fetching() {
        for (let page = 0; page < 10; page++) {
          const fetched = new Deferred<void>();
          most = Math.max(most, ++underWay);
          reactor.callLater(1, () => {
            underWay--;
            fetched.callback();
          });
          yield fetched;
        }
      }
      const work = fetching();
      const done = [1, 2, 3].map(() => watch(cooperator.coiterate(work)));
      await reactor.advance(4);
      expect(most).to.equal(3);
      expect(done).to.deep.equal([[work], [work], [work]]);
      expect(reactor.seconds()).to.equal(4);
    });
  });

  describe("started later", () => {
    it("queues its tasks until start()", async () => {
      const { cooperator, reactor, counted, slices } = cooperating({ started: false });
      expect(cooperator.running).to.equal(false);
      const outcomes = watch(cooperator.coiterate(counted("a", 1)));
      expect(reactor.getDelayedCalls()).to.deep.equal([]);
      expect(await slices()).to.equal("");
      cooperator.start();
      expect(cooperator.running).to.equal(true);
      expect(await slices()).to.equal("a0 a.");
      expect(outcomes).to.have.lengthOf(1);
    });

    it("and stopped before, ends them", () => {
      const { cooperator, counted } = cooperating({ started: false });
      const done = cooperator.coiterate(counted("a", 1));
      cooperator.stop();
      expect(errorOf(done)).to.be.instanceOf(SchedulerStoppedError);
      expect(cooperator.running).to.equal(false);
    });
  });

  describe("stop()", () => {
    it("ends every task, and leaves no delayed call behind", async () => {
      const { reactor, cooperator, counted, slices } = cooperating({ stepsInSlice: 1 });
      const done = ["a", "b", "c"].map((name) => cooperator.coiterate(counted(name, 5)));
      expect(await slices()).to.equal("a0");
      expect(cooperator.running).to.equal(true);
      cooperator.stop();
      expect(cooperator.running).to.equal(false);
      for (const one of done) {
        expect(errorOf(one)).to.include({ code: "ERR_SCHEDULER_STOPPED" });
      }
      expect(reactor.getDelayedCalls()).to.deep.equal([]);
      expect(await slices()).to.equal("");
    });

    it("ends a task that is added later at once", () => {
      const { cooperator, counted } = cooperating();
      cooperator.stop();
      const task = cooperator.cooperate(counted("late", 2));
      expect(() => task.pause()).to.throw(SchedulerStoppedError);
      expect(errorOf(task.whenDone())).to.be.instanceOf(SchedulerStoppedError);
    });

    it("ends a task that waits for a Deferred when that has fired", async () => {
      const { cooperator, slices, waiting, waits } = cooperating();
      const outcomes = watch(cooperator.coiterate(waiting("w", 2)));
      await slices();
      cooperator.stop();
      expect(outcomes).to.deep.equal([]);
      expect(waits[0]?.called).to.equal(false);
      waits[0]?.callback();
      expect(outcomes[0]).to.have.property("failed").that.is.instanceOf(SchedulerStoppedError);
      expect(await slices()).to.equal("");
    });

    it("lets the failure of a Deferred that a task waits for be the task's", async () => {
      const { cooperator, slices, waiting, waits } = cooperating();
      const outcomes = watch(cooperator.coiterate(waiting("w", 2)));
      await slices();
      cooperator.stop();
      waits[0]?.errback(new RangeError("planted"));
      expect(outcomes[0]).to.have.property("failed").that.is.instanceOf(RangeError);
    });

    it("ends a paused task when it is resumed", () => {
      const { cooperator, counted } = cooperating();
      const task = cooperator.cooperate(counted("p", 2));
      const outcomes = watch(task.whenDone());
      task.pause();
      cooperator.stop();
      expect(outcomes).to.deep.equal([]);
      task.resume();
      expect(outcomes[0]).to.have.property("failed").that.is.instanceOf(SchedulerStoppedError);
    });

    it("followed by start() lets those go on that have waited all the time", async () => {
      const { cooperator, counted, slices, waiting, waits } = cooperating();
      const gone = cooperator.coiterate(counted("gone", 99));
      const outcomes = watch(cooperator.coiterate(waiting("w", 2)));
      const paused = cooperator.cooperate(counted("p", 1));
      paused.pause();
      await slices();
      cooperator.stop();
      expect(errorOf(gone)).to.be.instanceOf(SchedulerStoppedError);
      cooperator.start();
      waits[0]?.callback();
      paused.resume();
      expect(await slices()).to.equal("w1 p0 p.");
      expect(outcomes).to.deep.equal([]);
    });

    it("by a step ends the others, and its own task, whatever that gives", async () => {
      const { reactor, cooperator, log, counted, slices } = cooperating();
      function* stopping() {
        log.push("k");
        cooperator.stop();
        yield;
        log.push("never");
      }
      const done = [counted("a", 2), stopping(), counted("z", 3)].map((steps) =>
        watch(cooperator.coiterate(steps)),
      );
      expect(await slices()).to.equal("a0 k");
      for (const [outcome] of done) {
        expect(outcome).to.have.property("failed").that.is.instanceOf(SchedulerStoppedError);
      }
      expect(reactor.getDelayedCalls()).to.deep.equal([]);
    });

    it("tells each task once, though those that are told stop others, and start it", async () => {
      const { cooperator, counted, slices } = cooperating();
      const tasks = ["a", "b", "c"].map((name) => cooperator.cooperate(counted(name, 1)));
      const outcomes: string[] = [];
      for (const [i, task] of tasks.entries()) {
        task.whenDone().addErrback((failure) => void outcomes.push(`${i}: ${failure.message}`));
      }
      tasks[0]?.whenDone().addErrback(() => {
        tasks[1]?.stop();
        cooperator.start();
        cooperator.cooperate(counted("new", 1));
      });
      cooperator.stop();
      expect(outcomes).to.deep.equal([
        "0: SchedulerStoppedError: the cooperator was stopped before this task had ended",
        "1: TaskStoppedError: this task was stopped",
        "2: SchedulerStoppedError: the cooperator was stopped before this task had ended",
      ]);
      expect(await slices()).to.equal("new0 new.");
    });
  });

  it("leaves no delayed call behind when it has nothing to do", async () => {
    const { reactor, cooperator, counted, waiting, slices } = cooperating();
    cooperator.cooperate(counted("a", 1));
    cooperator.cooperate(waiting("w", 1));
    await slices();
    expect(reactor.getDelayedCalls()).to.deep.equal([]);
    const task = cooperator.cooperate(counted("b", 1));
    expect(reactor.getDelayedCalls()).to.have.lengthOf(1);
    task.pause();
    expect(reactor.getDelayedCalls()).to.deep.equal([]);
    task.resume();
    expect(reactor.getDelayedCalls()).to.have.lengthOf(1);
    task.stop();
    expect(reactor.getDelayedCalls()).to.deep.equal([]);
  });
});
