import { expect } from "chai";
import {
  BadOptionError,
  createReactor,
  deferLater,
  ProcessMonitor,
  type ProcessMonitorOptions,
  type ProcessScript,
  type Reactor,
  type ScriptedProcess,
} from "skein";
import { isAlive } from "../support/processes.ts";

interface Watch {
  readonly reactor: Reactor<"process" | "clock">;
  readonly monitor: ProcessMonitor;
  readonly log: string[];
}

/** With a monitor on virtual time, that writes down what it tells; nothing may be left over. */
async function watching(
  processes: Record<string, ProcessScript>,
  body: (watch: Watch) => Promise<void>,
  options: ProcessMonitorOptions = {},
): Promise<void> {
  const reactor = createReactor("clock", { processes });
  const stopped = reactor.run();
  const log: string[] = [];
  const monitor = new ProcessMonitor(reactor, {
    onLine: (name, line, childFD) => log.push(`${name} ${childFD}: ${line}`),
    onEvent(name, event) {
      const at = `${reactor.seconds()} ${name}`;
      if (event.type === "started") log.push(`${at} started`);
      else log.push(`${at} ended: ${(event.reason.value as Error).name}, ${event.restartsIn}`);
    },
    ...options,
  });
  await body({ reactor, monitor, log });
  reactor.stop();
  await stopped;
  expect(reactor.inspect()).to.deep.equal([]);
}

const forever = async (child: ScriptedProcess): Promise<void> => {
  for (;;) await child.sleep(3600);
};
const crash = (child: ScriptedProcess): Promise<void> => child.sleep(0.5);

describe("the process monitor", () => {
  it("starts its processes with the service, and ends them with it", () =>
    watching({ forever }, async ({ reactor, monitor, log }) => {
      monitor.addProcess("a", "forever");
      monitor.addProcess("b", "forever");
      await deferLater(reactor, 5);
      expect([log, monitor.running]).to.deep.equal([[], false]);
      monitor.startService();
      monitor.startService();
      await deferLater(reactor, 5);
      expect(monitor.pidOf("a")).to.be.a("number");
      expect(monitor.running).to.equal(true);
      await monitor.stopService();
      expect(monitor.pidOf("a")).to.equal(undefined);
      await deferLater(reactor, 5000);
      expect(log).to.deep.equal([
        "5 a started",
        "5 b started",
        "10 a ended: ProcessTerminatedError, undefined",
        "10 b ended: ProcessTerminatedError, undefined",
      ]);
    }));

  it("waits longer after each crash, up to the most; an end that is none begins anew", () => {
    let runs = 0;
    const flaky = (child: ScriptedProcess): Promise<void> => child.sleep(++runs === 6 ? 100 : 0.5);
    return watching(
      { flaky },
      async ({ reactor, monitor, log }) => {
        monitor.addProcess("x", "flaky");
        monitor.startService();
        await deferLater(reactor, 160);
        await monitor.stopService();
        expect(log.filter((line) => line.includes("ended"))).to.deep.equal([
          "0.5 x ended: ProcessDoneError, 1",
          "2 x ended: ProcessDoneError, 2",
          "4.5 x ended: ProcessDoneError, 4",
          "9 x ended: ProcessDoneError, 8",
          "17.5 x ended: ProcessDoneError, 10",
          "127.5 x ended: ProcessDoneError, 0",
          "128 x ended: ProcessDoneError, 1",
          "129.5 x ended: ProcessDoneError, 2",
          "132 x ended: ProcessDoneError, 4",
          "136.5 x ended: ProcessDoneError, 8",
          "145 x ended: ProcessDoneError, 10",
          "155.5 x ended: ProcessDoneError, 10",
        ]);
      },
      { maxRestartDelay: 10 },
    );
  });

  it("takes who cannot be started for one that crashes", () =>
    watching({}, async ({ reactor, monitor, log }) => {
      monitor.addProcess("x", "missing");
      monitor.startService();
      await deferLater(reactor, 4);
      await monitor.stopService();
      expect(log).to.deep.equal([
        "0 x ended: CommandNotFoundError, 1",
        "1 x ended: CommandNotFoundError, 2",
        "3 x ended: CommandNotFoundError, 4",
      ]);
    }));

  it("kills who does not end, when its time is over", () => {
    const stubborn = async (child: ScriptedProcess): Promise<void> => {
      child.onSignal("TERM", () => {});
      await forever(child);
    };
    return watching(
      { stubborn },
      async ({ reactor, monitor }) => {
        monitor.addProcess("x", "stubborn");
        monitor.startService();
        await deferLater(reactor, 5);
        await monitor.stopService();
        expect(reactor.seconds()).to.equal(15);
      },
      { killTime: 10 },
    );
  });

  it("restarts all that run, and those that wait, at once", () =>
    watching({ forever, crash }, async ({ reactor, monitor, log }) => {
      monitor.addProcess("a", "forever");
      monitor.addProcess("x", "crash");
      monitor.restartAll();
      monitor.startService();
      await deferLater(reactor, 8);
      log.length = 0;
      const before = monitor.pidOf("a");
      monitor.restartAll();
      monitor.restartProcess("a");
      await deferLater(reactor, 0.1);
      expect(log).to.deep.equal([
        "8 a ended: ProcessTerminatedError, 0",
        "8 x started",
        "8 a started",
      ]);
      expect(monitor.pidOf("a")).to.not.equal(before);
      await monitor.stopService();
    }));

  it("adds and removes while it runs", () =>
    watching({ forever }, async ({ reactor, monitor, log }) => {
      monitor.startService();
      monitor.addProcess("a", "forever");
      await deferLater(reactor, 1);
      const removed = monitor.removeProcess("a");
      monitor.addProcess("a", "forever");
      await removed;
      await deferLater(reactor, 1);
      expect(monitor.processNames).to.deep.equal(["a"]);
      expect(log).to.have.members([
        "0 a started",
        "1 a ended: ProcessTerminatedError, undefined",
        "1 a started",
      ]);
      // Who leaves is waited for too.
      void monitor.removeProcess("a");
      await monitor.stopService();
      expect(log.at(-1)).to.equal("2 a ended: ProcessTerminatedError, undefined");
    }));

  it("gives up starts that are under way, and restarts that are to come", () =>
    watching({ crash }, async ({ reactor, monitor, log }) => {
      monitor.addProcess("x", "crash");
      monitor.startService();
      await monitor.stopService();
      monitor.startService();
      await deferLater(reactor, 0.75);
      await monitor.stopService();
      const ends = log.length;
      await deferLater(reactor, 100);
      expect(log).to.have.length(ends);
    }));

  it("starts again what is asked for while it ends", () =>
    watching({ forever }, async ({ reactor, monitor, log }) => {
      monitor.addProcess("x", "forever");
      monitor.startService();
      await deferLater(reactor, 1);
      const stopped = monitor.stopService();
      monitor.startService();
      await stopped;
      await deferLater(reactor, 1);
      expect(log.filter((line) => line.includes("started"))).to.have.length(2);
      await monitor.stopService();
    }));

  it("tells the lines of both outputs, the last ones without an end too", () =>
    watching(
      {
        async chatty(child) {
          await child.write("one\ntw");
          await child.write("oops\n", 2);
          await child.write("o\nthree");
          await child.write(`${"x".repeat(20_000)}\n`, 2);
        },
      },
      async ({ reactor, monitor, log }) => {
        monitor.addProcess("x", "chatty");
        monitor.startService();
        await deferLater(reactor, 0.5);
        await monitor.stopService();
        expect(log.filter((line) => line.startsWith("x "))).to.have.members([
          "x 1: one",
          "x 2: oops",
          "x 1: two",
          "x 1: three",
          "x 2: (a line that is too long)",
        ]);
      },
    ));

  it("refuses names and times that cannot be", () =>
    watching({ forever }, async ({ reactor, monitor }) => {
      monitor.addProcess("x", "forever");
      expect(() => monitor.addProcess("x", "forever")).to.throw(BadOptionError, "already");
      expect(() => void monitor.removeProcess("y")).to.throw(BadOptionError, 'no process "y"');
      const bad: ProcessMonitorOptions[] = [
        { threshold: -1 },
        { killTime: Number.NaN },
        { minRestartDelay: 0 },
        { minRestartDelay: 10, maxRestartDelay: 5 },
        { maxRestartDelay: Infinity },
      ];
      for (const options of bad) {
        expect(() => new ProcessMonitor(reactor, options)).to.throw(BadOptionError);
      }
    }));

  it("keeps real processes running, and leaves none behind", async () => {
    const reactor = createReactor("libuv");
    const stopped = reactor.run();
    const pids: number[] = [];
    const lines: string[] = [];
    const monitor = new ProcessMonitor(reactor, {
      threshold: 0,
      onLine: (_name, line) => lines.push(line),
      onEvent(_name, event) {
        if (event.type === "started") pids.push(event.pid);
        const isEnough = pids.length >= 10 && lines.some((line) => Number(line) > 0);
        if (isEnough && monitor.running) monitor.stopService().addCallback(() => reactor.stop());
      },
    });
    monitor.addProcess("once", "sh", { args: ["-c", "echo up"] });
    monitor.addProcess("long", "sh", { args: ["-c", "sleep 60 & echo $!; wait"] });
    monitor.startService();
    await stopped;
    expect(pids).to.have.length.at.least(10);
    expect(lines).to.include("up");
    const grandchildren = lines.map(Number).filter((pid) => pid > 0);
    expect(grandchildren).to.have.length(1);
    expect([...pids, ...grandchildren].filter(isAlive)).to.deep.equal([]);
  });
});
