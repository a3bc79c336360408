import assert from "node:assert/strict";
import { BadOptionError } from "../../core/errors.ts";
import type { DelayedCall } from "../../reactor/capabilities.ts";
import { AlreadyCancelledError, AlreadyRunError } from "../../reactor/errors.ts";
import type { ContractCase } from "./contract.ts";

export const timeCases: readonly ContractCase<never>[] = [
  {
    name: "time: calls run in order of their times, equal times in the order they were started",
    needs: [],
    async run({ reactor, log, until }) {
      for (const [name, delay] of Object.entries({
        c: 0.02,
        a: 0.01,
        b: 0.01,
        d: 0.02,
        first: 0,
      })) {
        reactor.callLater(delay, () => log.push(name));
      }
      await until("all were called", () => log.length === 5);
      assert.deepEqual(log, ["first", "a", "b", "c", "d"]);
    },
  },
  {
    name: "time: a call is never early, and the clock never goes back",
    needs: [],
    async run({ reactor, log, until }) {
      let last = reactor.seconds();
      for (const delay of [0.003, 0, 0.0111, 0.007]) {
        const call = reactor.callLater(delay, () => {
          assert.ok(reactor.seconds() >= call.getTime());
          assert.ok(reactor.seconds() >= last);
          last = reactor.seconds();
          log.push(`after ${delay}`);
        });
      }
      await until("all were called", () => log.length === 4);
    },
  },
  {
    name: "time: a call with no delay from inside a call waits for another turn",
    needs: [],
    async run({ reactor, log, until }) {
      reactor.callLater(0, () => {
        log.push("a");
        reactor.callLater(0, () => log.push("a's child"));
      });
      reactor.callLater(0, () => log.push("b"));
      await until("the child was called", () => log.includes("a's child"));
      assert.deepEqual(log, ["a", "b", "a's child"]);
    },
  },
  {
    name: "time: calls that keep calling themselves do not starve the others",
    needs: [],
    async run({ reactor, until }) {
      let spins = 0;
      let called = false;
      const spin = (): void => {
        spins++;
        if (!called && spins < 50_000) reactor.callLater(0, spin);
      };
      reactor.callLater(0, spin);
      reactor.callFromThread(() => {
        called = true;
      });
      await until("the other was called", () => called);
      assert.ok(spins < 50_000);
    },
  },
  {
    name: "time: a cancelled call does not run, and is not cancelled twice",
    needs: [],
    async run({ reactor, log, pass }) {
      const call = reactor.callLater(0.001, () => log.push("cancelled"));
      assert.ok(call.active);
      call.cancel();
      assert.ok(!call.active);
      for (const attempt of [() => call.cancel(), () => call.reset(1), () => call.delay(1)]) {
        assert.throws(attempt, AlreadyCancelledError);
      }
      await pass(0.02);
      assert.deepEqual(log, []);
    },
  },
  {
    name: "time: a call may cancel, or put off, another that is due in the same turn",
    needs: [],
    async run({ reactor, log, until }) {
      const due: DelayedCall[] = [];
      reactor.callLater(0.001, () => {
        log.push("a");
        due[0]?.cancel();
        due[1]?.reset(0.01);
      });
      for (const name of ["b", "c"]) due.push(reactor.callLater(0.001, () => log.push(name)));
      reactor.callLater(0.002, () => log.push("d"));
      await until("c was called", () => log.includes("c"));
      assert.deepEqual(log, ["a", "d", "c"]);
    },
  },
  {
    name: "time: inside its own function a call is inactive and cannot be cancelled",
    needs: [],
    async run({ reactor, log, until }) {
      const call = reactor.callLater(0, () => {
        assert.ok(!call.active);
        for (const attempt of [() => call.cancel(), () => call.reset(1), () => call.delay(1)]) {
          assert.throws(attempt, AlreadyRunError);
        }
        log.push("called");
      });
      await until("it was called", () => log.length === 1);
    },
  },
  {
    name: "time: delay() counts from the due time, reset() from now",
    needs: [],
    async run({ reactor, log, pass, until }) {
      const delayed = reactor.callLater(3600, () => log.push("delayed"));
      const reset = reactor.callLater(3600, () => log.push("reset"));
      const due = delayed.getTime();
      await pass(0.01);
      delayed.delay(0.1);
      assert.ok(Math.abs(delayed.getTime() - (due + 0.1)) < 1e-9);
      const before = reactor.seconds();
      reset.reset(0.02);
      const after = reactor.seconds();
      assert.ok(reset.getTime() >= before + 0.02 && reset.getTime() <= after + 0.02);
      await until("it was called", () => log.length === 1);
      assert.deepEqual(log, ["reset"]);
      delayed.cancel();
    },
  },
  {
    name: "time: delay() may also bring a call forward",
    needs: [],
    async run({ reactor, log, until }) {
      const moved = reactor.callLater(3600, () => log.push("moved"));
      const other = reactor.callLater(0.01, () => log.push("other"));
      moved.delay(-3600);
      assert.ok(other.active);
      await until("both were called", () => log.length === 2);
      assert.deepEqual(log, ["moved", "other"]);
    },
  },
  {
    name: "time: a call may be moved to an earlier time",
    needs: [],
    async run({ reactor, log, until }) {
      const far = reactor.callLater(3600, () => log.push("far"));
      const near = reactor.callLater(0.01, () => log.push("near"));
      far.reset(0);
      assert.ok(near.active);
      await until("both were called", () => log.length === 2);
      assert.deepEqual(log, ["far", "near"]);
    },
  },
  {
    name: "time: a call that throws is reported, and disturbs no other",
    needs: [],
    async run({ reactor, log, errors, until }) {
      const error = new Error("thrown by a delayed call");
      reactor.callLater(0, () => {
        throw error;
      });
      reactor.callLater(0, () => log.push("other"));
      await until("the other was called", () => log.length === 1);
      assert.deepEqual(errors.splice(0), [error]);
    },
  },
  {
    name: "time: a turn makes only the calls that were due when it began",
    needs: [],
    async run({ reactor, log, until }) {
      const chain = (left: number): void => {
        log.push(`${left} left`);
        if (left > 0) reactor.callLater(0, () => chain(left - 1));
      };
      reactor.callLater(0, () => chain(2));
      reactor.callLater(0, () => log.push("other"));
      await until("the chain is done", () => log.includes("0 left"));
      assert.deepEqual(log, ["2 left", "other", "1 left", "0 left"]);
    },
  },
  {
    name: "time: delays that are no number of seconds are refused",
    needs: [],
    async run({ reactor }) {
      for (const delay of [-1, Number.NaN, Infinity]) {
        assert.throws(() => reactor.callLater(delay, () => {}), BadOptionError);
      }
    },
  },
  {
    name: "time: getDelayedCalls() lists the calls still to come",
    needs: [],
    async run({ reactor, pass }) {
      const calls = [1, 2, 3].map((hours) => reactor.callLater(hours * 3600, () => {}));
      reactor.callLater(0, () => {});
      await pass(0.01);
      assert.deepEqual(new Set(reactor.getDelayedCalls()), new Set(calls));
      for (const call of calls) call.cancel();
      assert.deepEqual(reactor.getDelayedCalls(), []);
    },
  },
];
