/** The first process of a fleet: it runs no daemon, but supervises those that do. */
import { availableParallelism } from "node:os";
import { createReactor } from "../../reactor/index.ts";
import { stopIfRunning } from "../../reactor/stop-if-running.ts";
import { type Attendant, attendFirst } from "../attend.ts";
import { complain, OK } from "../complain.ts";
import { loadBackend } from "../load.ts";
import type { RunOptions } from "../options.ts";
import { UsageError } from "../usage-error.ts";
import { ClusterMember } from "./cluster-member.ts";
import { reportAll } from "./report-all.ts";
import { setUpCluster } from "./set-up-cluster.ts";
import { type FleetState, Supervisor } from "./supervisor.ts";

/** How long an old process may take beside its draining, twice, before it is killed. */
const GRACE_SECONDS = 10;
const DRAIN_SECONDS = 2;
const START_SECONDS = 60;

const STOPPING = ["SIGINT", "SIGTERM", "SIGBREAK"] as const;

/** Resolves with the exit status, when all have ended. @throws UsageError */
export async function runFleet(options: RunOptions): Promise<number> {
  const { processes, drain = DRAIN_SECONDS, startTimeout = START_SECONDS, until } = options;
  await assertReal(options);
  const release = await holdPidfile(options.pidfile);
  setUpCluster();
  const reactor = createReactor("libuv");
  const stopped = reactor.run();
  const members = new Map<number, ClusterMember>();
  let attendants: readonly Attendant[] = [];
  /** What attendants do about the end, which may take longer than that of the processes. */
  let goodbyes: readonly (PromiseLike<unknown> | undefined)[] = [];
  let nextId = 1;
  let announced = false;
  const fleet = new Supervisor({
    clock: reactor,
    count: processes === "auto" ? availableParallelism() : (processes ?? 1),
    startMember() {
      const member = new ClusterMember(nextId++, options.logFormat === "json");
      members.set(member.id, member);
      member.ended.addCallback((end) => {
        members.delete(member.id);
        return end;
      });
      return member;
    },
    say,
    startSeconds: startTimeout,
    hangSeconds: options.hangTimeout,
    retireSeconds: 2 * drain + GRACE_SECONDS,
    changed(state) {
      if (state === "ready" && !announced) {
        announced = true;
        say(`all are ready; to have them restart, one by one: kill -USR2 ${process.pid}`);
      }
      const told = attendants.map((attendant) => tell(attendant, state));
      if (state === "stopping") goodbyes = told;
    },
  });
  // First of all: whoever sends one while the rest is loaded means this.
  const signals = obeySignals(fleet, members, options.logFile !== undefined, release);
  let failed = OK;
  const fail = (error: unknown): void => {
    failed = complain(error);
    fleet.stop();
  };
  const report = () => reportAll(reactor, members.values());
  attendants = await attendFirst(reactor, options, fail, report);
  if (until !== undefined) reactor.callLater(until, () => fleet.stop());
  const ended = await fleet.start();
  const status = ended === OK ? failed : ended;
  for (const goodbye of goodbyes) await goodbye;
  for (const attendant of attendants) await attendant.over?.();
  stopIfRunning(reactor);
  await stopped;
  const signal = signals.restore();
  release();
  // Whoever sent the signal sees that it was obeyed.
  if (status === OK && signal !== undefined) process.kill(process.pid, signal);
  return status;
}

/** Returns the way to give it back, whatever ends this process. @throws as Pidfile */
async function holdPidfile(path: string | undefined): Promise<() => void> {
  if (path === undefined) return () => {};
  const { Pidfile } = await import("../pidfile.ts");
  const held = new Pidfile(path);
  const release = (): void => held.release();
  process.on("exit", release);
  return release;
}

/** What is returned is to be waited for before the end. */
function tell(attendant: Attendant, state: FleetState): PromiseLike<unknown> | undefined {
  if (state === "stopping") return attendant.stopping?.();
  if (state === "ready") attendant.started?.();
  else if (state === "restarting") attendant.restarting?.();
  return undefined;
}

/** The first signal stops all, the second ends them at once; SIGUSR2 is for a restart. */
function obeySignals(
  fleet: Supervisor,
  members: ReadonlyMap<number, ClusterMember>,
  logsToFile: boolean,
  release: () => void,
): { restore(): NodeJS.Signals | undefined } {
  let received: NodeJS.Signals | undefined;
  const restore = (): NodeJS.Signals | undefined => {
    for (const signal of STOPPING) process.off(signal, stop);
    return received;
  };
  const stop = (signal: NodeJS.Signals): void => {
    if (received !== undefined) {
      fleet.kill();
      release();
      restore();
      process.kill(process.pid, signal);
      return;
    }
    received = signal;
    say(`${signal}: stopping; once more to stop at once`);
    fleet.stop();
  };
  for (const signal of STOPPING) process.on(signal, stop);
  process.on("SIGUSR2", () => fleet.restart());
  // Each has the log open, and opens it anew. One that is not ready may not listen to signals yet,
  // and this one would end it.
  const reopen = (): void => {
    for (const member of members.values()) {
      member.ready.addCallback(() => member.signal("SIGHUP"));
    }
  };
  if (logsToFile) process.on("SIGHUP", reopen);
  return { restore };
}

/** @throws UsageError */
async function assertReal(options: RunOptions): Promise<void> {
  const { backend = "libuv", watch, profile, seed } = options;
  const refused = [
    ["--watch is for one process", watch],
    ["--profile is for one process", profile],
    ["--seed is for virtual time", seed],
  ] as const;
  for (const [why, given] of refused) {
    if (given !== undefined) throw new UsageError(`${why}: it does not go with --processes`);
  }
  if (options.hangTimeout === 0) {
    throw new UsageError("--hang-timeout needs seconds over 0: each is asked within them");
  }
  const { name, capabilities } = await loadBackend(backend);
  if (!capabilities.includes("clock") && capabilities.includes("tcp")) return;
  throw new UsageError(
    `--processes needs real processes and sockets: the backend ${name} has none; use libuv`,
  );
}

function say(what: string): void {
  console.error(`reactor: ${what}`);
}
