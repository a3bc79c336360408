import { expect } from "chai";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Lock,
  pipe,
  PipeClosedError,
  Process,
  type ProcessOptions,
  ProcessStartedError,
} from "skein/multiprocessing";
import { BadOptionError, CannotCrossError, createReactor, type Reactor } from "skein/reactor";
import { ThreadLocal } from "skein/threading";
import { inReactor, type WorkerFunction, worker } from "skein/threads";
import { failure } from "../support/pools.ts";

const jobs = worker<typeof import("../fixtures/workers/jobs.ts")>(
  new URL("../fixtures/workers/jobs.ts", import.meta.url),
);

const reacting = worker<typeof import("../fixtures/workers/reacting.ts")>(
  new URL("../fixtures/workers/reacting.ts", import.meta.url),
);

const hostile = worker<typeof import("../fixtures/workers/hostile.ts")>(
  new URL("../fixtures/workers/hostile.ts", import.meta.url),
);

type Start = <A extends unknown[]>(
  target: WorkerFunction<A, unknown>,
  args: A,
  options?: ProcessOptions,
) => Process<A>;

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

function lives(pid: number): boolean {
  try {
    // Killed, but buried by nobody: as a container without an init process leaves it.
    return !/^\d+ \([^)]*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}

for (const substrate of ["threads", "processes"] as const) {
  describe(`a Process of ${substrate}`, () => {
    let reactor: Reactor<"threads">;
    let stopped: PromiseLike<void>;
    let errors: string[];
    let folder: string;
    const start: Start = (target, args, options = {}) => {
      const process = new Process(reactor, target, args, { substrate, ...options });
      process.start();
      return process;
    };

    beforeEach(() => {
      errors = [];
      folder = mkdtempSync(join(tmpdir(), "skein-"));
      reactor = createReactor("libuv", {
        onError: (error, doing) => errors.push(`${doing}: ${String(error)}`),
      });
      stopped = reactor.run();
    });
    afterEach(async () => {
      if (reactor.running) reactor.stop();
      await stopped;
      rmSync(folder, { recursive: true });
      expect(reactor.inspect()).to.deep.equal([]);
    });

    it("that says what no process says is killed, and that is reported", async () => {
      const garbage = ["told", substrate === "threads" ? 0 : 1, { line: 1, body: null }];
      const say = substrate === "threads" ? hostile.postToPool : hostile.sayToPool;
      const process = start(say, [garbage, inReactor({})]);
      expect(await process.join()).to.equal(-9);
      expect(errors.splice(0).join()).to.match(/hearing the process/);
    });

    it("ends with 0 when its function returns", async () => {
      const process = new Process(reactor, jobs.nothing, [], { substrate });
      expect(process).to.include({ alive: false, exitcode: undefined, pid: undefined });
      process.start();
      expect(process.alive).to.equal(true);
      expect(process.pid).to.be.a(substrate === "threads" ? "undefined" : "number");
      expect(await process.join()).to.equal(0);
      expect(process).to.include({ alive: false, exitcode: 0 });
      expect(await process.join()).to.equal(0);
      expect(errors).to.deep.equal([]);
    });

    it("ends with 1 when its function throws, and reports that", async () => {
      expect(await start(jobs.fail, [], { name: "failing" }).join()).to.equal(1);
      expect(errors).to.deep.equal(['in the process "failing": RangeError: no way']);
    });

    it("ends with what its function exits with", async () => {
      expect(await start(jobs.exit, [7]).join()).to.equal(7);
      expect(errors).to.deep.equal([]);
    });

    it("is terminated and killed, while it computes too", async () => {
      const processes = [start(jobs.spin, []), start(jobs.never, []), start(jobs.spin, [])];
      processes[0]?.terminate();
      processes[1]?.terminate();
      processes[2]?.kill();
      const codes = await Promise.all(processes.map((process) => process.join()));
      expect(codes).to.deep.equal([-15, -15, -9]);
      expect(errors).to.deep.equal([]);
      processes[0]?.kill();
      expect(processes[0]?.exitcode).to.equal(-15);
    });

    it("is not waited for longer than is asked for", async () => {
      const process = start(jobs.never, []);
      expect(await process.join(0.01)).to.equal(undefined);
      const joined = process.join();
      joined.cancel();
      joined.addErrback(() => {});
      expect(process.alive).to.equal(true);
      process.kill();
      expect(await process.join(60)).to.equal(-9);
    });

    it("is started once", async () => {
      const process = start(jobs.nothing, []);
      expect(() => process.start()).to.throw(ProcessStartedError, /"nothing-\d+"/);
      await process.join();
      expect(() => process.start()).to.throw(ProcessStartedError);
    });

    it("is not started when an argument cannot cross", () => {
      const process = new Process(reactor, jobs.exit, [(() => {}) as never], { substrate });
      expect(() => process.start()).to.throw(CannotCrossError, /argument 1 of exit\(\)/);
      expect(process.alive).to.equal(false);
    });

    it("is waited for by a reactor that stops, or, a daemon, ended by it", async () => {
      const process = start(jobs.nothing, []);
      const daemon = start(jobs.never, [], { daemon: true });
      reactor.stop();
      await stopped;
      expect(process.exitcode).to.equal(0);
      expect(daemon.exitcode).to.equal(-15);
    });

    it("has the reactor stop that its function has left, before it has ended", async () => {
      const file = join(folder, "phases");
      const process = start(reacting.tellPhases, [file]);
      expect(await process.join()).to.equal(0);
      expect(readFileSync(file, "utf8")).to.equal("before during after ");
      expect(errors).to.deep.equal([]);
    });

    it("is killed when that reactor does not stop, in five seconds at the latest", async () => {
      const file = join(folder, "stopping");
      const overdue = start(reacting.neverStop, [join(folder, "overdue")], { name: "overdue" });
      const process = start(reacting.neverStop, [file]);
      await until(() => existsSync(file));
      expect(process.alive).to.equal(true);
      process.kill();
      expect(await process.join()).to.equal(-9);
      reactor.stop();
      await stopped;
      expect(overdue.exitcode).to.equal(-9);
      expect(errors).to.deep.equal([
        'in the process "overdue": WorkerDiedError: a worker was to end what its functions have ' +
          "left running, and has not in 5 seconds",
      ]);
    }).timeout(30_000);

    if (substrate === "threads") return;

    it("heeds TERM in its own way, and not KILL", async () => {
      const ready = join(folder, "ready");
      const process = start(jobs.leaveWith, [3, ready]);
      await until(() => existsSync(ready));
      process.terminate();
      expect(await process.join()).to.equal(3);
    });

    it("takes those with it that it has started", async () => {
      for (const how of ["terminate", "kill"] as const) {
        const path = join(folder, how);
        const process = start(jobs.orphan, [path]);
        await until(() => existsSync(path));
        const child = Number(readFileSync(path, "utf8"));
        expect(lives(child)).to.equal(true);
        process[how]();
        await process.join();
        await until(() => !lives(child));
      }
    });
  });
}

describe("a Process", () => {
  it("refuses a substrate that there is not", () => {
    const reactor = createReactor("clock");
    expect(() => new Process(reactor, jobs.nothing, [], { substrate: "fibres" as never })).to.throw(
      BadOptionError,
      '"fibres"',
    );
  });

  it("is terminated and killed on clock, and ended there by a reactor that stops", async () => {
    for (const substrate of ["threads", "processes"] as const) {
      const reactor = createReactor("clock", { workers: () => ({ seconds: Infinity }) });
      const stopped = reactor.run();
      const [terminated, killed, daemon] = [{}, {}, { daemon: true }].map((its) => {
        const process = new Process(reactor, jobs.never, [], { substrate, ...its });
        process.start();
        return process;
      }) as [Process<[]>, Process<[]>, Process<[]>];
      terminated.terminate();
      killed.kill();
      expect(await terminated.join()).to.equal(-15);
      expect(await killed.join()).to.equal(-9);
      reactor.stop();
      await stopped;
      expect(daemon.exitcode).to.equal(-15);
      expect(reactor.inspect()).to.deep.equal([]);
    }
  });

  it("leaves nothing connected that it could not be started with", async () => {
    const reactor = createReactor("clock");
    const [ours, theirs] = pipe<string>();
    const args = [theirs, new Lock(), new ThreadLocal(() => 1)];
    const process = new Process(reactor, jobs.nothing, args as never);
    expect(() => process.start()).to.throw(CannotCrossError);
    expect(await failure(ours.recv())).to.be.instanceOf(PipeClosedError);
  });

  it("is simulated on clock, as its script has it", async () => {
    const reactor = createReactor("clock", {
      workers: ({ name }) => (name === "never" ? { seconds: 60, crash: "no memory" } : {}),
      onError: (error, doing) => told.push(`${doing}: ${String(error)} ${reactor.seconds()}`),
    });
    const told: string[] = [];
    const quick = new Process(reactor, jobs.nothing, []);
    const crashing = new Process(reactor, jobs.never, [], { name: "p" });
    quick.start();
    crashing.start();
    const late = crashing.join(30);
    await reactor.advance(30);
    expect(quick.exitcode).to.equal(0);
    expect(await late).to.equal(undefined);
    await reactor.advance(30);
    expect(crashing.exitcode).to.equal(1);
    expect(told).to.deep.equal(['in the process "p": WorkerDiedError: no memory 60']);
  });

  it("is terminated and killed on clock, whatever its script has", async () => {
    const reactor = createReactor("clock", {
      workers: ({ name }) => ({ seconds: Infinity, ...(name === "never" ? {} : { crash: "no" }) }),
      onError: (error) => told.push(String(error)),
    });
    const told: string[] = [];
    const processes = [jobs.never, jobs.never, jobs.nothing].map((job) => {
      const process = new Process(reactor, job, []);
      process.start();
      return process;
    });
    await reactor.advance(5);
    processes[0]?.terminate();
    processes[1]?.kill();
    processes[2]?.kill();
    expect(processes.map(({ alive }) => alive)).to.deep.equal([true, true, true]);
    await reactor.advance(0);
    expect(processes.map(({ exitcode }) => exitcode)).to.deep.equal([-15, -9, -9]);
    expect(told).to.deep.equal([]);
    expect(reactor.inspect()).to.deep.equal([]);
  });
});
