import { expect } from "chai";
import {
  BadOptionError,
  type Backend,
  CommandNotFoundError,
  createReactor,
  getProcessOutput,
  NoTerminalsError,
  ProcessProtocol,
  type ScriptedProcess,
  type SpawnOptions,
  TerminalClosedError,
} from "skein";
import { type ProcessDriver, Processes } from "skein/reactor";
import { failureOf } from "../support/processes.ts";
import { describeWithTerminals, onStage, type Program, type Stage } from "../support/terminals.ts";

/** Without what a terminal does to bytes: there is none of that in virtual time. */
const PLAIN = "stty raw -echo;";

const programs = {
  cat: {
    shell: `stty -echo -onlcr; echo ready; exec cat`,
    async script(child: ScriptedProcess) {
      await child.write("ready\n");
      for await (const data of child.stdin) await child.write(data);
    },
  },
  both: {
    shell: `${PLAIN} echo "to out, in $TERM"; echo to err >&2; exit 3`,
    async script(child: ScriptedProcess) {
      await child.write(`to out, in ${child.env["TERM"]}\n`);
      await child.write("to err\n", 2);
      child.exit(3);
    },
  },
  sized: {
    shell: `${PLAIN} trap 'stty size; exit' WINCH; stty size; while :; do sleep 0.01; done`,
    async script(child: ScriptedProcess) {
      const size = (): string => `${child.terminal?.rows} ${child.terminal?.columns}\n`;
      const told = new Promise<void>((resolve) => child.onSignal("WINCH", resolve));
      await child.write(size());
      await told;
      await child.write(size());
    },
  },
  sleeper: {
    shell: `${PLAIN} echo ready; exec sleep 60`,
    async script(child: ScriptedProcess) {
      await child.write("ready\n");
      await child.sleep(60);
    },
  },
  hasty: {
    shell: `${PLAIN} head -c 50000 /dev/zero`,
    async script(child: ScriptedProcess) {
      await child.write(new Uint8Array(50_000));
    },
  },
  // Reads nothing until it is told to.
  lazy: {
    shell: `${PLAIN} trap 'head -c 1000000 | wc -c; exit' USR1; echo ready
      while :; do sleep 0.01; done`,
    async script(child: ScriptedProcess) {
      const told = new Promise<void>((resolve) => child.onSignal("USR1", resolve));
      await child.write("ready\n");
      await told;
      let bytes = 0;
      for await (const data of child.stdin) if ((bytes += data.length) >= 1_000_000) break;
      await child.write(`${bytes}\n`);
    },
  },
} satisfies Record<string, Program>;

function casesOn(backend: "libuv" | "clock"): void {
  const on = (body: (stage: Stage) => Promise<void>) => () => onStage(backend, programs, body);

  it(
    "give the input and take the output; the end of the input ends a cat",
    on(async ({ start }) => {
      const { probe, transport } = await start("cat");
      await probe.heard("ready\n");
      expect(transport.write("hello,\n")).to.equal(true);
      transport.writeSequence(["wor", "ld"]);
      transport.closeStdin();
      expect(transport.write("too late")).to.equal(false);
      await probe.whenEnded;
      expect(probe.out).to.equal("ready\nhello,\nworld");
      expect(probe.events).to.have.members([
        "0 ConnectionDoneError",
        "1 ConnectionDoneError",
        "exited the process has exited with code 0",
        "ended",
      ]);
      expect(probe.events.at(-1)).to.equal("ended");
    }),
  );

  it(
    "bring both outputs as one, and TERM; the exit code is the reason",
    on(async ({ start }) => {
      for (const [name, env] of [
        ["xterm-256color", undefined],
        ["vt52", { TERM: "vt52", PATH: process.env["PATH"] }],
      ] as const) {
        const { probe } = await start("both", env && { env });
        await probe.whenEnded;
        expect(probe.out).to.equal(`to out, in ${name}\nto err\n`);
        expect(probe.events).to.include("exited the process has exited with code 3");
      }
      const { probe } = await start("both", { pty: { name: "dumb" }, env: { ...process.env } });
      await probe.whenEnded;
      expect(probe.out).to.include("in dumb");
    }),
  );

  it(
    "have a size, which can be changed until they are closed",
    on(async ({ start }) => {
      const { probe, transport } = await start("sized", { pty: { columns: 100, rows: 30 } });
      expect(transport.terminal).to.deep.equal({ columns: 100, rows: 30 });
      await probe.heard("30 100\n");
      for (const [columns, rows] of [
        [0, 10],
        [10, -1],
        [1.5, 10],
        [10, 65_536],
        [NaN, 10],
      ] as const) {
        expect(() => transport.resize(columns, rows)).to.throw(BadOptionError);
      }
      transport.resize(132, 43);
      expect(transport.terminal).to.deep.equal({ columns: 132, rows: 43 });
      await probe.whenEnded;
      expect(probe.out).to.equal("30 100\n43 132\n");
      expect(() => transport.resize(80, 24)).to.throw(TerminalClosedError, String(transport.pid));
    }),
  );

  it(
    "hang up when they are closed here",
    on(async ({ start }) => {
      for (const close of ["loseConnection", "closeStdout", "stopProducing"] as const) {
        const { probe, transport } = await start("sleeper");
        await probe.heard("ready\n");
        transport[close]();
        expect(probe.events).to.deep.equal([]);
        await probe.whenEnded;
        expect(probe.events).to.include("exited the process was ended by SIGHUP");
      }
    }),
  );

  it(
    "are ended with their processes, also with one that is stopped",
    on(async ({ start }) => {
      const { probe, transport } = await start("sleeper");
      await probe.heard("ready\n");
      transport.signalProcess("STOP");
      await transport.endTree();
      await probe.whenEnded;
      expect(probe.events).to.include("exited the process was ended by SIGTERM");
    }),
  );

  it(
    "bring nothing to who pauses, not even the end of a process that is gone",
    on(async ({ start, pass }) => {
      const { probe, transport } = await start("hasty");
      transport.pauseProducing();
      await pass(0.1);
      const before = probe.bytes;
      await pass(0.1);
      expect(probe.bytes).to.equal(before);
      expect(probe.events).not.to.include("ended");
      transport.resumeProducing();
      await probe.whenEnded;
      expect(probe.bytes).to.equal(50_000);
    }),
  );

  it(
    "hold up a writer whose process does not read",
    on(async ({ start, pass }) => {
      const { probe, transport } = await start("lazy");
      await probe.heard("ready\n");
      expect(transport.write(new Uint8Array(1_000_000).fill(0x78))).to.equal(false);
      const drained = transport.whenDrained();
      await pass(0.1);
      expect(drained.called).to.equal(false);
      expect(transport.bufferedBytes).to.be.greaterThan(900_000);
      transport.signalProcess("USR1");
      await drained;
      await probe.whenEnded;
      expect(probe.out).to.equal("ready\n1000000\n");
    }),
  );

  it("end with their processes over maxBufferedBytes", async () => {
    const error = await failureOf(
      onStage(backend, programs, async ({ start }) => {
        const { probe, transport } = await start("lazy");
        await probe.heard("ready\n");
        transport.maxBufferedBytes = 500_000;
        expect(transport.write(new Uint8Array(1_000_000))).to.equal(false);
        await probe.whenEnded;
        expect(probe.events).to.include("0 WriteOverflowError");
      }),
    );
    expect((error as Error).name).to.equal("WriteOverflowError");
  });

  it(
    "are ended by a stopping reactor",
    on(async ({ start }) => {
      const { probe } = await start("sleeper");
      await probe.heard("ready\n");
    }),
  );

  it(
    "are not made for commands that are not there, nor with options that cannot be",
    on(async ({ reactor }) => {
      const start = (options: SpawnOptions): PromiseLike<unknown> =>
        reactor.spawnProcess(new ProcessProtocol(), "skein-no-such-command", options);
      expect(await failureOf(start({ pty: true }))).to.be.instanceOf(CommandNotFoundError);
      const refused: SpawnOptions[] = [
        { pty: true, childFDs: { 0: "w" } },
        { pty: true, processGroup: false },
        { pty: { columns: 0 } },
        { pty: { rows: 1.5 } },
        { pty: { name: "a\0b" } },
      ];
      for (const options of refused) {
        expect(() => start(options), JSON.stringify(options)).to.throw(BadOptionError);
      }
    }),
  );

  it(
    "are what resize() is for, and pipes are not",
    on(async ({ start }) => {
      const { transport } = await start("sleeper", { pty: false });
      expect(transport.terminal).to.equal(undefined);
      expect(() => transport.resize(80, 24)).to.throw(BadOptionError, "pty");
      await transport.endTree();
    }),
  );
}

describe("simulated processes in terminals", () => {
  casesOn("clock");

  it("give the same trace each time", async () => {
    const traced = async (): Promise<string[]> => {
      const trace: string[] = [];
      const reactor = createReactor("clock", {
        processes: { both: programs.both.script },
        trace: ({ at, event }) => trace.push(`${at} ${event}`),
      });
      const stopped = reactor.run();
      await getProcessOutput(reactor, "both", { pty: true, input: "x" });
      reactor.stop();
      await stopped;
      return trace;
    };
    const first = await traced();
    expect(first.length).to.be.greaterThan(3);
    expect(await traced()).to.deep.equal(first);
  });
});

describeWithTerminals("processes of the system in terminals", () => casesOn("libuv"));

describe("a backend without terminals", () => {
  it("says so", async () => {
    const driver: ProcessDriver = {
      spawn: () => {
        throw new Error("it must not be asked");
      },
    };
    const plain: Backend<"process"> = {
      name: "plain",
      summary: "has processes, and no terminals",
      capabilities: ["process"],
      open: (loop) => ({
        seconds: () => 0,
        wakeAt: () => {},
        started: () => {},
        sleep: () => {},
        process: new Processes(loop, driver),
      }),
    };
    const spawning = createReactor(plain).spawnProcess(new ProcessProtocol(), "x", { pty: true });
    expect(await failureOf(spawning)).to.be.instanceOf(NoTerminalsError);
  });
});
