import assert from "node:assert/strict";
import { BadOptionError } from "../../core/errors.ts";
import { CancelledError } from "../../defer/errors.ts";
import { ReactorNotRunningError } from "../../reactor/errors.ts";
import { CommandNotFoundError } from "../../reactor/process-errors.ts";
import type { ScriptedProcess } from "../../reactor/process-script.ts";
import type { SpawnOptions } from "../../reactor/processes.ts";
import type { ContractCase } from "./contract.ts";
import { failing, outcome } from "./datagram-probe.ts";
import { ProcessProbe, type Program, running, spawn, withPrograms } from "./process-probe.ts";

const MEBIBYTE = 1024 * 1024;

const programs = {
  cat: {
    shell: "cat",
    async script(child: ScriptedProcess) {
      for await (const data of child.stdin) await child.write(data);
    },
  },
  both: {
    shell: "echo to out; echo to err >&2; exit 3",
    async script(child: ScriptedProcess) {
      await child.write("to out\n");
      await child.write("to err\n", 2);
      child.exit(3);
    },
  },
  third: {
    shell: "cat <&3 >&4",
    async script(child: ScriptedProcess) {
      for await (const data of child.read(3)) await child.write(data, 4);
    },
  },
  telling: {
    shell: 'echo "$COLOUR $0 $1"',
    async script(child: ScriptedProcess) {
      await child.write(`${child.env["COLOUR"]} ${child.args.join(" ")}\n`);
    },
  },
  // Exits at once, with a pipe full of output.
  hasty: {
    shell: "head -c 50000 /dev/zero",
    async script(child: ScriptedProcess) {
      await child.write(new Uint8Array(50_000));
    },
  },
  flood: {
    shell: "head -c 8388608 /dev/zero",
    async script(child: ScriptedProcess) {
      for (let i = 0; i < 128; i++) await child.write(new Uint8Array(64 * 1024));
    },
  },
  // Reads nothing until it is told to.
  lazy: {
    shell: 'trap "cat; exit" USR1; echo ready; while :; do sleep 0.01; done',
    async script(child: ScriptedProcess) {
      const told = new Promise<void>((resolve) => child.onSignal("USR1", resolve));
      await child.write("ready\n");
      await told;
      for await (const data of child.stdin) await child.write(data);
    },
  },
  brief: {
    shell: "echo ready; head -c 1 > /dev/null",
    async script(child: ScriptedProcess) {
      await child.write("ready\n");
      await child.stdin[Symbol.asyncIterator]().next();
    },
  },
  deaf: {
    shell: "exec <&-; echo deaf; sleep 60",
    async script(child: ScriptedProcess) {
      child.close(0);
      await child.write("deaf\n");
      await child.sleep(60);
    },
  },
} satisfies Record<string, Program>;

const common = { needs: ["process"], options: withPrograms(programs) } as const;

export const processCases: readonly ContractCase<"process">[] = [
  {
    ...common,
    name: "process: bytes go both ways; the end of its input ends a cat",
    async run(world) {
      const probe = await running(world, "cat", programs);
      assert.ok(probe.transport.pid > 0);
      assert.equal(probe.transport.write("hello, "), true);
      probe.transport.writeSequence(["wor", "ld"]);
      await world.until("the echo came", () => probe.out === "hello, world");
      assert.equal(probe.transport.hasExited, false);
      probe.transport.closeStdin();
      assert.equal(probe.transport.write("too late"), false);
      await world.until("it has ended", () => probe.ended);
      assert.equal(probe.transport.hasExited, true);
      probe.transport.closeStdout();
      probe.transport.loseConnection();
    },
  },
  {
    ...common,
    name: "process: outputs are told apart, and the exit code is the reason",
    async run(world) {
      const probe = await running(world, "both", programs);
      await world.until("it has ended", () => probe.ended);
      world.log.push(`${probe.received.get(1)}${probe.received.get(2)}`);
    },
  },
  {
    ...common,
    name: "process: pipes may be on any descriptor, to the child and from it",
    async run(world) {
      const childFDs = { 1: "r", 3: "w", 4: "r" } as const;
      const probe = await running(world, "third", programs, undefined, { childFDs });
      assert.throws(() => probe.transport.write("there is no 0"), BadOptionError);
      assert.throws(() => probe.transport.writeToChild(4, "wrong way"), BadOptionError);
      assert.throws(() => probe.transport.closeStderr(), BadOptionError);
      probe.transport.writeToChild(3, "by a third way");
      probe.transport.closeChildFD(3);
      await world.until("it has ended", () => probe.ended);
      world.log.push(...[...probe.received].map(String));
    },
  },
  {
    ...common,
    name: "process: arguments come as they are, and the environment given is all there is",
    async run(world) {
      const env = { COLOUR: "green", PATH: "/usr/bin:/bin" };
      const options: SpawnOptions = { args: ["a b", "$COLOUR"], env };
      const probe = await running(world, "telling", programs, undefined, options);
      await world.until("it has ended", () => probe.ended);
      assert.equal(probe.out, "green a b $COLOUR\n");
    },
  },
  {
    ...common,
    name: "process: nothing is delivered from inside a call",
    async run(world) {
      let inside = false;
      const notInside = (probe: ProcessProbe): void => {
        assert.equal(inside, false);
        inside = true;
        probe.transport.write("x");
        probe.transport.pauseProducing();
        probe.transport.resumeProducing();
        if (probe.out.length > 3) probe.transport.loseConnection();
        inside = false;
      };
      const probe = new ProcessProbe();
      probe.onMade = probe.onData = probe.onPipeLost = notInside;
      probe.onPipeLost = () => assert.equal(inside, false);
      await world.pass(0);
      await world.until("it runs", () => world.reactor.running);
      inside = true;
      const spawning = spawn(world, probe, "cat", programs);
      assert.deepEqual(probe.life, []);
      inside = false;
      await outcome(world, spawning);
      await world.until("it has ended", () => probe.ended);
      assert.equal(probe.late, 0);
    },
  },
  {
    ...common,
    name: "process: all output is delivered before processEnded, though it exits at once",
    async run(world) {
      const probe = await running(world, "hasty", programs);
      await world.until("it has ended", () => probe.ended);
      assert.equal(probe.out.length, 50_000);
      assert.equal(probe.late, 0);
    },
  },
  {
    ...common,
    name: "process: who pauses gets nothing, not even the end of a child that is gone",
    async run(world) {
      const probe = await running(world, "hasty", programs, (fresh) => {
        fresh.onMade = () => fresh.transport.pauseProducing();
      });
      await world.until("it has exited", () => probe.life.length === 2);
      await world.pass(0.05);
      assert.equal(probe.out, "");
      assert.equal(probe.ended, false);
      probe.transport.resumeProducing();
      await world.until("it has ended", () => probe.ended);
      assert.equal(probe.out.length, 50_000);
      assert.equal(probe.late, 0);
    },
  },
  {
    ...common,
    name: "process: pausing at every piece slows a flood down, and loses nothing",
    async run(world) {
      let bytes = 0;
      const probe = new ProcessProbe();
      probe.childDataReceived = (_childFD, data) => {
        bytes += data.length;
        probe.transport.pauseProducing();
        world.reactor.callLater(0, () => probe.transport.resumeProducing());
      };
      await outcome(world, spawn(world, probe, "flood", programs));
      await world.until("it has ended", () => probe.ended);
      assert.equal(bytes, 8 * MEBIBYTE);
    },
  },
  {
    ...common,
    name: "process: a child that does not read holds up its writer, who is told when to go on",
    async run(world) {
      const probe = await running(world, "lazy", programs);
      await world.until("it is ready", () => probe.out === "ready\n");
      const { transport } = probe;
      const events: string[] = [];
      transport.registerProducer(
        {
          pauseProducing: () => events.push("pause"),
          resumeProducing: () => events.push("resume"),
          stopProducing: () => events.push("stop"),
        },
        true,
      );
      assert.equal(transport.write("x".repeat(MEBIBYTE)), false);
      assert.deepEqual(events, ["pause"]);
      assert.ok(transport.bufferedBytes > transport.highWaterBytes);
      const drained = transport.whenDrained();
      await world.pass(0.02);
      assert.equal(drained.called, false);
      transport.signalProcess("USR1");
      await outcome(world, drained);
      await world.until("it goes on", () => events.length === 2);
      transport.closeStdin();
      await world.until("it has ended", () => probe.ended);
      assert.equal(probe.out.length, "ready\n".length + MEBIBYTE);
      world.log.push(...events);
      assert.ok((await failing(world, transport.whenDrained())) instanceof Error);
    },
  },
  {
    ...common,
    name: "process: a child that closes its input is EPIPE for what is written",
    async run(world) {
      const probe = await running(world, "deaf", programs);
      await world.until("it is deaf", () => probe.out === "deaf\n");
      probe.transport.write("can you hear me?");
      await world.until("the pipe is lost", () => probe.pipes.length > 0);
      assert.equal(probe.transport.write("hello?"), false);
      await outcome(world, probe.transport.endTree());
      await world.until("it has ended", () => probe.ended);
    },
  },
  {
    ...common,
    name: "process: what one that exits had not read is EPIPE too",
    async run(world) {
      const probe = await running(world, "brief", programs);
      await world.until("it is ready", () => probe.out === "ready\n");
      probe.transport.write("x".repeat(MEBIBYTE));
      probe.transport.closeStdin();
      await world.until("it has ended", () => probe.ended);
    },
  },
  {
    ...common,
    name: "process: over maxBufferedBytes the pipe ends, and the child with it",
    async run(world) {
      const probe = await running(world, "lazy", programs);
      await world.until("it is ready", () => probe.out === "ready\n");
      probe.transport.maxBufferedBytes = MEBIBYTE;
      assert.equal(probe.transport.write("x".repeat(2 * MEBIBYTE)), false);
      await world.until("it has ended", () => probe.ended);
      world.log.push(...world.errors.splice(0).map((error) => (error as Error).name));
    },
  },
  {
    ...common,
    name: "process: a command that is not there fails, and its protocol hears nothing",
    async run(world) {
      const probe = new ProcessProbe();
      const spawning = world.reactor.spawnProcess(probe, "skein-no-such-command");
      const error = await failing(world, spawning);
      assert.ok(error instanceof CommandNotFoundError);
      assert.ok(error.message.includes("skein-no-such-command"));
      assert.equal(error.reason, "ENOENT");
      await world.pass(0.02);
      assert.deepEqual(probe.life, []);
    },
  },
  {
    ...common,
    name: "process: one that is cancelled is not started, or ended unseen",
    async run(world) {
      await world.pass(0);
      await world.until("it runs", () => world.reactor.running);
      const probe = new ProcessProbe();
      const spawning = spawn(world, probe, "cat", programs);
      spawning.cancel();
      assert.ok((await failing(world, spawning)) instanceof CancelledError);
      await world.pass(0.05);
      assert.deepEqual(probe.life, []);
    },
  },
  {
    ...common,
    name: "process: options that cannot be are refused",
    async run(world) {
      const refused: SpawnOptions[] = [
        { uid: -1 },
        { gid: 1.5 },
        { args: ["a\0b"] },
        { cwd: "\0" },
        { childFDs: { 0: "r" } },
        { childFDs: { 1: "x" as "r" } },
        { childFDs: { [-1]: "r" } },
        { childFDs: { 1: -1 } },
      ];
      for (const options of refused) {
        assert.throws(
          () => world.reactor.spawnProcess(new ProcessProbe(), "cat", options),
          BadOptionError,
        );
      }
      assert.throws(() => world.reactor.spawnProcess(new ProcessProbe(), ""), BadOptionError);
    },
  },
  {
    ...common,
    name: "process: while the reactor stops nothing is started",
    async run(world) {
      let error: unknown;
      await world.pass(0);
      await world.until("it runs", () => world.reactor.running);
      world.reactor.addSystemEventTrigger("during", "shutdown", async () => {
        error = await spawn(world, new ProcessProbe(), "cat", programs).then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
      });
      world.reactor.stop();
      await world.until("it was refused", () => error !== undefined);
      assert.ok(error instanceof ReactorNotRunningError);
    },
  },
];
