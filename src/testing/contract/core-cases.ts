import assert from "node:assert/strict";
import { Deferred } from "../../defer/deferred.ts";
import { fail } from "../../defer/fired.ts";
import { onUnhandledFailure } from "../../defer/unhandled.ts";
import type { Phase, SystemEvent } from "../../reactor/capabilities.ts";
import { ReactorAlreadyRunningError, ReactorNotRunningError } from "../../reactor/errors.ts";
import type { ContractCase } from "./contract.ts";
import type { World } from "./world.ts";

const PHASES = ["before", "during", "after"] as const;

/** Logs each phase of an event as it comes. */
function logPhases({ reactor, log }: World, event: SystemEvent): void {
  for (const phase of [...PHASES].reverse()) {
    reactor.addSystemEventTrigger(phase, event, () => log.push(`${phase} ${event}`));
  }
}

function phasesOf(event: SystemEvent, ...phases: Phase[]): string[] {
  return (phases.length > 0 ? phases : PHASES).map((phase) => `${phase} ${event}`);
}

export const coreCases: readonly ContractCase<never>[] = [
  {
    name: "core: starting fires the startup triggers, phase by phase, in a turn of its own",
    needs: [],
    async run(world) {
      const { reactor, log, pass, until } = world;
      logPhases(world, "startup");
      assert.ok(!reactor.running);
      const passing = pass(0);
      log.push("run() returned");
      await passing;
      await until("it runs", () => reactor.running);
      assert.deepEqual(log, ["run() returned", ...phasesOf("startup")]);
    },
  },
  {
    name: "core: callWhenRunning calls when it has started, and at once while it runs",
    needs: [],
    async run({ reactor, log, until }) {
      reactor.callWhenRunning(() => log.push("first"));
      reactor.callWhenRunning(() => log.push("second"));
      assert.equal(log.length, 0);
      await until("it runs", () => reactor.running);
      reactor.callWhenRunning(() => log.push("at once"));
      assert.deepEqual(log, ["first", "second", "at once"]);
    },
  },
  {
    name: "core: stopping waits for each phase's Deferreds before the next",
    needs: [],
    async run(world) {
      const { reactor, log, pass, until } = world;
      await until("it runs", () => reactor.running);
      const slow = new Deferred<void>();
      reactor.addSystemEventTrigger("before", "shutdown", () => slow);
      logPhases(world, "shutdown");
      reactor.stop();
      log.push("stop() returned");
      await pass(0.01);
      assert.deepEqual(log, ["stop() returned", "before shutdown"]);
      assert.ok(reactor.running);
      slow.callback();
      await until("all triggers ran", () => log.length === 4);
      assert.deepEqual(log.slice(1), phasesOf("shutdown"));
    },
  },
  {
    name: "core: a phase's triggers do not wait for one another, in the order they were added",
    needs: [],
    async run({ reactor, log, pass, until }) {
      await until("it runs", () => reactor.running);
      const slow = [new Deferred<void>(), new Deferred<void>()];
      for (const [i, deferred] of slow.entries()) {
        reactor.addSystemEventTrigger("before", "shutdown", () => {
          log.push(`before ${i}`);
          return deferred;
        });
      }
      reactor.addSystemEventTrigger("during", "shutdown", () => log.push("during"));
      reactor.stop();
      await until("both were called", () => log.length === 2);
      slow[1]?.callback();
      await pass(0.01);
      assert.deepEqual(log, ["before 0", "before 1"]);
      slow[0]?.callback();
      await until("the next phase came", () => log.length === 3);
    },
  },
  {
    name: "core: a call that waits for the loop's next turn is listed by inspect()",
    needs: [],
    async run({ reactor, log, until }) {
      const kinds = (): string[] => reactor.inspect().map(({ kind }) => kind);
      await until("it runs", () => reactor.running);
      reactor.callLater(0, () => log.push("called"));
      reactor.callFromThread(() => log.push("called from a thread"));
      assert.deepEqual(kinds(), ["delayed call", "calls from threads"]);
      await until("both were called", () => log.length === 2);
      assert.deepEqual(kinds(), []);
    },
  },
  {
    name: "core: a trigger that fails is reported, and holds nothing up",
    needs: [],
    async run(world) {
      const { reactor, log, errors, until } = world;
      await until("it runs", () => reactor.running);
      const thrown = new Error("thrown by a trigger");
      const failed = new Error("failed by a trigger");
      reactor.addSystemEventTrigger("before", "shutdown", () => {
        throw thrown;
      });
      reactor.addSystemEventTrigger("before", "shutdown", () => fail(failed));
      logPhases(world, "shutdown");
      reactor.stop();
      await until("all triggers ran", () => log.length === 3);
      assert.deepEqual(log, phasesOf("shutdown"));
      assert.deepEqual(errors.splice(0), [thrown, failed]);
    },
  },
  {
    name: "core: a removed trigger is not called",
    needs: [],
    async run({ reactor, log, until }) {
      const id = reactor.addSystemEventTrigger("after", "startup", () => log.push("removed"));
      reactor.addSystemEventTrigger("after", "startup", () => log.push("kept"));
      reactor.removeSystemEventTrigger(id);
      await until("it runs", () => log.length > 0);
      assert.deepEqual(log, ["kept"]);
    },
  },
  {
    name: "core: only a reactor that is stopped runs, and only one that runs stops, once",
    needs: [],
    async run({ reactor, until }) {
      assert.throws(() => reactor.stop(), ReactorNotRunningError);
      await until("it runs", () => reactor.running);
      assert.throws(() => reactor.run(), ReactorAlreadyRunningError);
      reactor.stop();
      assert.throws(() => reactor.stop(), ReactorNotRunningError);
      await until("it has stopped", () => !reactor.running);
    },
  },
  {
    name: "core: a reactor that has stopped can be run again",
    needs: [],
    async run({ reactor, log }) {
      for (const round of [1, 2, 3]) {
        reactor.callLater(0, () => {
          log.push(`round ${round}`);
          reactor.stop();
        });
        await reactor.run();
        assert.ok(!reactor.running);
      }
      assert.deepEqual(log, ["round 1", "round 2", "round 3"]);
    },
  },
  {
    name: "core: stop() during startup lets it start first",
    needs: [],
    async run(world) {
      const { reactor, log } = world;
      logPhases(world, "startup");
      logPhases(world, "shutdown");
      reactor.addSystemEventTrigger("before", "startup", () => reactor.stop());
      await reactor.run();
      assert.deepEqual(log, [...phasesOf("startup"), ...phasesOf("shutdown")]);
    },
  },
  {
    name: "core: crash() stops at once, without triggers",
    needs: [],
    async run(world) {
      const { reactor, log } = world;
      logPhases(world, "shutdown");
      reactor.callLater(0, () => reactor.crash());
      reactor.callLater(0.005, () => log.push("after the crash")).cancel();
      await reactor.run();
      assert.ok(!reactor.running);
      assert.deepEqual(log, []);
      const failure = new Error("why it crashed");
      reactor.callLater(0, () => reactor.crash(failure));
      await assert.rejects(async () => reactor.run(), failure);
    },
  },
  {
    name: "core: callFromThread calls in order, in a later turn, and wakes an idle reactor",
    needs: [],
    async run({ reactor, log, pass, until }) {
      await pass(0.01);
      for (const name of ["a", "b"]) {
        reactor.callFromThread(() => {
          log.push(name);
          reactor.callFromThread(() => log.push(`${name}'s child`));
        });
      }
      log.push("returned");
      await until("all were called", () => log.length === 5);
      assert.deepEqual(log, ["returned", "a", "b", "a's child", "b's child"]);
    },
  },
  {
    name: "core: a call from a thread that throws is reported, and disturbs no other",
    needs: [],
    async run({ reactor, log, errors, until }) {
      const error = new Error("thrown by a call from a thread");
      reactor.callFromThread(() => {
        throw error;
      });
      reactor.callFromThread(() => log.push("other"));
      await until("the other was called", () => log.length === 1);
      assert.deepEqual(errors.splice(0), [error]);
    },
  },
  {
    name: "core: a failure left unhandled is reported when its turn is over, and only once",
    needs: [],
    async run({ reactor, log, pass, until }) {
      const restore = onUnhandledFailure((failure) => log.push(failure.message));
      try {
        reactor.callLater(0, () => {
          fail(new Error("left"));
          const handled = fail(new Error("handled in its turn"));
          log.push("the turn");
          handled.addErrback(() => {});
        });
        await until("it was reported", () => log.length === 2);
        await pass(0.01);
        assert.deepEqual(log, ["the turn", "Error: left"]);
      } finally {
        restore();
      }
    },
  },
  {
    name: "core: what a crashed run left unfinished does not touch the next one",
    needs: [],
    async run({ reactor, log }) {
      const slow = new Deferred<void>();
      reactor.addSystemEventTrigger("before", "shutdown", () => slow);
      reactor.addSystemEventTrigger("during", "shutdown", () => log.push("during shutdown"));
      reactor.callLater(0, () => reactor.stop());
      reactor.callLater(0.01, () => reactor.crash());
      await reactor.run();
      reactor.callLater(0, () => {
        slow.callback();
        assert.ok(reactor.running);
        assert.equal(log.length, 0);
        reactor.callLater(0, () => reactor.crash());
      });
      await reactor.run();
      assert.equal(log.length, 0);
    },
  },
];
