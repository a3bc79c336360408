import assert from "node:assert/strict";
import { BadOptionError } from "../../core/errors.ts";
import { ProcessExitedAlreadyError } from "../../reactor/process-errors.ts";
import type { ScriptedProcess } from "../../reactor/process-script.ts";
import type { ContractCase } from "./contract.ts";
import { failing, outcome } from "./datagram-probe.ts";
import { ProcessProbe, type Program, running, spawn, withPrograms } from "./process-probe.ts";

const programs = {
  sleeper: {
    shell: "echo ready; exec sleep 60",
    async script(child: ScriptedProcess) {
      await child.write("ready\n");
      await child.sleep(60);
    },
  },
  // What it starts ignores TERM too.
  stubborn: {
    shell: 'trap "" TERM; sleep 60 & echo ready; while :; do sleep 0.05; done',
    async script(child: ScriptedProcess) {
      child.onSignal("TERM", () => {});
      await child.write("ready\n");
      await child.sleep(60);
    },
  },
  polite: {
    shell: 'trap "echo bye; exit 7" TERM; echo ready; while :; do sleep 0.01; done',
    async script(child: ScriptedProcess) {
      const told = new Promise<void>((resolve) => child.onSignal("TERM", resolve));
      await child.write("ready\n");
      await told;
      await child.write("bye\n");
      child.exit(7);
    },
  },
} satisfies Record<string, Program>;

const common = { needs: ["process"], options: withPrograms(programs) } as const;

export const processEndCases: readonly ContractCase<"process">[] = [
  ...["TERM", "SIGINT", 9].map((signal): ContractCase<"process"> => ({
    ...common,
    name: `process: the signal ${signal} ends it, and is the reason`,
    async run(world) {
      const probe = await running(world, "sleeper", programs);
      await world.until("it is ready", () => probe.out === "ready\n");
      probe.transport.signalProcess(signal);
      await world.until("it has ended", () => probe.ended);
    },
  })),
  {
    ...common,
    name: "process: a signal that it handles; what it writes then is not lost",
    async run(world) {
      const probe = await running(world, "polite", programs);
      await world.until("it is ready", () => probe.out === "ready\n");
      probe.transport.signalProcess("TERM");
      await world.until("it has ended", () => probe.ended);
      world.log.push(probe.out);
    },
  },
  {
    ...common,
    name: "process: signals to one that is gone, and such that are none, are errors",
    async run(world) {
      const probe = await running(world, "sleeper", programs);
      await world.until("it is ready", () => probe.out === "ready\n");
      const { transport } = probe;
      for (const signal of ["NONE", 4711]) {
        assert.throws(() => transport.signalProcess(signal), BadOptionError);
      }
      transport.signalProcess("KILL", "group");
      await world.until("it has ended", () => probe.ended);
      assert.throws(() => transport.signalProcess("TERM"), ProcessExitedAlreadyError);
      assert.throws(() => transport.signalProcess("TERM", "group"), ProcessExitedAlreadyError);
    },
  },
  {
    ...common,
    name: "process: endTree() ends one that complies at once, and one that is stopped",
    async run(world) {
      for (const stopped of [false, true]) {
        const probe = await running(world, "sleeper", programs);
        await world.until("it is ready", () => probe.out === "ready\n");
        if (stopped) probe.transport.signalProcess("STOP");
        const began = world.reactor.seconds();
        await outcome(world, probe.transport.endTree(4));
        assert.ok(world.reactor.seconds() < began + 3);
        await world.until("it has ended", () => probe.ended);
        await outcome(world, probe.transport.endTree());
      }
    },
  },
  {
    ...common,
    name: "process: endTree() kills who does not comply, and what it started, after the grace time",
    async run(world) {
      const probe = await running(world, "stubborn", programs);
      await world.until("it is ready", () => probe.out === "ready\n");
      const { transport } = probe;
      assert.throws(() => transport.endTree(-1), BadOptionError);
      const began = world.reactor.seconds();
      const patient = transport.endTree(60);
      await world.pass(0.1);
      assert.equal(probe.life.length, 1);
      await outcome(world, transport.endTree(0.2));
      await outcome(world, patient);
      assert.ok(world.reactor.seconds() >= began + 0.3 - 0.001);
      // Its pipes end with the last who held them.
      await world.until("it has ended", () => probe.ended);
      assert.throws(() => transport.signalProcess("TERM", "group"), ProcessExitedAlreadyError);
    },
  },
  {
    ...common,
    name: "process: a reactor that stops ends its children, the stubborn after drainSeconds",
    options: { ...common.options, drainSeconds: 0.2 },
    async run(world) {
      const polite = await running(world, "polite", programs);
      const stubborn = await running(world, "stubborn", programs);
      const ready = (): boolean => polite.out === "ready\n" && stubborn.out === "ready\n";
      await world.until("they are ready", ready);
      const kinds = world.reactor.inspect().map(({ kind }) => kind);
      world.log.push(...kinds.filter((kind) => kind === "process"));
      await world.close();
      assert.equal(polite.out, "ready\nbye\n");
      assert.ok(polite.ended && stubborn.ended);
    },
  },
  {
    ...common,
    name: "process: a connectionMade that throws is spawnProcess' error, and ends the child",
    async run(world) {
      const probe = new ProcessProbe();
      probe.onMade = () => {
        throw new RangeError("not this one");
      };
      const error = await failing(world, spawn(world, probe, "sleeper", programs));
      assert.ok(error instanceof RangeError);
      assert.deepEqual(world.reactor.inspect(), []);
      world.log.push(...probe.life);
    },
  },
  {
    ...common,
    name: "process: a protocol that throws later is reported, and its child ended",
    async run(world) {
      const probe = await running(world, "sleeper", programs, (fresh) => {
        fresh.onData = () => {
          throw new RangeError("unexpected");
        };
      });
      await world.until("it has ended", () => probe.ended);
      world.log.push(...world.errors.splice(0).map((error) => (error as Error).name));
    },
  },
];
