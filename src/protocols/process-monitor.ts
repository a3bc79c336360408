import { BadOptionError } from "../core/errors.ts";
import { Deferred } from "../defer/deferred.ts";
import type { Failure } from "../defer/failure.ts";
import type { DelayedCall, Reactor } from "../reactor/capabilities.ts";
import type { ProcessTransport, SpawnOptions } from "../reactor/processes.ts";
import { LineDecoder, TOO_LONG } from "./line-decoder.ts";
import { ProcessProtocol } from "./process-protocol.ts";

const MAX_LINE_BYTES = 16 * 1024;

export interface ProcessMonitorOptions {
  /** Who ends sooner than so many seconds after the start has crashed; 1 unless given. */
  threshold?: number;
  /** Seconds until the first restart after a crash; 1 unless given. Each more doubles it. */
  minRestartDelay?: number;
  /** The most seconds until a restart; 3600 unless given. */
  maxRestartDelay?: number;
  /** Seconds from TERM to KILL; 5 unless given, Infinity for never. */
  killTime?: number;
  /** Told of each line that a process writes; unless given they go nowhere. */
  onLine?: (name: string, line: string, childFD: number) => void;
  /** Told of each start and end; unless given nobody is. */
  onEvent?: (name: string, event: ProcessMonitorEvent) => void;
}

/** What becomes of a monitored process. */
export type ProcessMonitorEvent =
  | { readonly type: "started"; readonly pid: number }
  /** With ProcessDoneError or ProcessTerminatedError; or with why it could not be started. */
  | { readonly type: "ended"; readonly reason: Failure; readonly restartsIn: number | undefined };

/**
 * Keeps processes running: who ends is started again, at once or, after a crash, later and later.
 *
 * ```ts
 * import { ProcessMonitor } from "skein/protocols";
 * import { createReactor } from "skein/reactor";
 *
 * const reactor = createReactor("clock", {
 *   processes: { flaky: (child) => child.sleep(0.5).then(() => child.exit(3)) },
 * });
 * const stopped = reactor.run();
 * const monitor = new ProcessMonitor(reactor, {
 *   onEvent(name, event) {
 *     if (event.type === "started") console.log(`${name} at ${reactor.seconds()}`);
 *     else console.log(`${event.reason.message}; again in ${event.restartsIn} s`);
 *   },
 * });
 * monitor.addProcess("worker", "flaky");
 * monitor.startService();
 * reactor.callLater(3, () => {
 *   monitor.stopService().addCallback(() => reactor.stop());
 * });
 * await stopped;
 * // → worker at 0
 * // → ProcessTerminatedError: the process has exited with code 3; again in 1 s
 * // → worker at 1.5
 * // → ProcessTerminatedError: the process has exited with code 3; again in 2 s
 * ```
 *
 * A process that cannot be started counts as one that has crashed. Nothing is left running when the
 * service has stopped: each process is ended with its whole group.
 */
export class ProcessMonitor {
  readonly #reactor: Reactor<"process">;
  readonly #options: Required<Omit<ProcessMonitorOptions, "onLine" | "onEvent">>;
  readonly #tellLine: ProcessMonitorOptions["onLine"];
  readonly #tellEvent: ProcessMonitorOptions["onEvent"];
  readonly #entries = new Map<string, Monitored>();
  /** Those that were removed, and have not ended yet. */
  readonly #leaving = new Set<Monitored>();
  #running = false;

  /** @throws BadOptionError */
  constructor(reactor: Reactor<"process">, options: ProcessMonitorOptions = {}) {
    const { onLine, onEvent, ...times } = options;
    this.#reactor = reactor;
    this.#options = {
      threshold: 1,
      minRestartDelay: 1,
      maxRestartDelay: 3600,
      killTime: 5,
      ...times,
    };
    for (const [name, seconds] of Object.entries(this.#options)) {
      const isTime = seconds >= 0 && (Number.isFinite(seconds) || name === "killTime");
      if (!isTime) throw new BadOptionError(`${name} must be 0 or more seconds, not ${seconds}`);
    }
    const { minRestartDelay, maxRestartDelay } = this.#options;
    if (minRestartDelay > maxRestartDelay || minRestartDelay === 0) {
      throw new BadOptionError(
        `minRestartDelay must be over 0 and at most maxRestartDelay, not ${minRestartDelay}`,
      );
    }
    this.#tellLine = onLine;
    this.#tellEvent = onEvent;
  }

  /** Whether the service runs: from startService() to stopService(). */
  get running(): boolean {
    return this.#running;
  }

  /** The names of all processes, in the order in which they were added. */
  get processNames(): string[] {
    return [...this.#entries.keys()];
  }

  /** The process of that name that runs at present; undefined while none does. */
  pidOf(name: string): number | undefined {
    return this.#entries.get(name)?.pid;
  }

  /**
   * Adds a process, by a name of its own; it is started with the service, or now if that runs.
   *
   * @throws BadOptionError for a name that is taken, and as spawnProcess.
   */
  addProcess(name: string, command: string, options: SpawnOptions = {}): void {
    if (this.#entries.has(name)) {
      throw new BadOptionError(`there is a process "${name}" already: remove it first`);
    }
    const entry = new Monitored(this.#reactor, command, options, {
      ...this.#options,
      line: (line, childFD) => this.#tellLine?.(name, line, childFD),
      event: (event) => this.#tellEvent?.(name, event),
    });
    if (this.#running) entry.start();
    this.#entries.set(name, entry);
  }

  /**
   * Ends a process, and forgets it; fires when it has ended. Its name is free at once.
   *
   * @throws BadOptionError for a name that is none.
   */
  removeProcess(name: string): Deferred<void> {
    const entry = this.#find(name);
    this.#entries.delete(name);
    this.#leaving.add(entry);
    return entry.stop().addBoth(() => void this.#leaving.delete(entry));
  }

  /** Ends a process, which is started again then, without a delay. @throws as removeProcess */
  restartProcess(name: string): void {
    this.#find(name).restart();
  }

  /** restartProcess() for all of them. */
  restartAll(): void {
    for (const entry of this.#entries.values()) entry.restart();
  }

  /** Starts all processes, and keeps them running. Nothing is done when it runs already. */
  startService(): void {
    if (this.#running) return;
    this.#running = true;
    for (const entry of this.#entries.values()) entry.start();
  }

  /** Ends all processes; fires when they have ended, with those that were removed before. */
  stopService(): Deferred<void> {
    this.#running = false;
    const all = [...this.#entries.values(), ...this.#leaving];
    const stopped = new Deferred<void>();
    let left = all.length;
    if (left === 0) stopped.callback();
    for (const entry of all) {
      entry.stop().addBoth(() => {
        if (--left === 0) stopped.callback();
      });
    }
    return stopped;
  }

  #find(name: string): Monitored {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new BadOptionError(`there is no process "${name}"`);
    return entry;
  }
}

interface Manner extends Required<Omit<ProcessMonitorOptions, "onLine" | "onEvent">> {
  line(line: string, childFD: number): void;
  event(event: ProcessMonitorEvent): void;
}

/** One process, one run of it after another. */
class Monitored {
  readonly #reactor: Reactor<"process">;
  readonly #command: string;
  readonly #spawnOptions: SpawnOptions;
  readonly #manner: Manner;
  #wanted = false;
  #delay: number;
  /** The run that is there, or is beginning. */
  #run: Run | undefined = undefined;
  #startedAt = 0;
  #restart: DelayedCall | undefined = undefined;
  /** The end of the present run is this side's wish: it is no crash. */
  #ending = false;
  /** Those who wait for its end. */
  #waiting: Deferred<void>[] = [];

  constructor(
    reactor: Reactor<"process">,
    command: string,
    spawnOptions: SpawnOptions,
    manner: Manner,
  ) {
    this.#reactor = reactor;
    this.#command = command;
    this.#spawnOptions = spawnOptions;
    this.#manner = manner;
    this.#delay = manner.minRestartDelay;
  }

  get pid(): number | undefined {
    return this.#run?.pid;
  }

  start(): void {
    this.#wanted = true;
    // One that is ending is started when it has.
    if (this.#run === undefined && !this.#restart?.active) this.#spawn();
  }

  restart(): void {
    if (!this.#wanted) return;
    if (this.#run !== undefined) this.#end(this.#run);
    else if (this.#restart?.active) this.#restart.reset(0);
  }

  stop(): Deferred<void> {
    this.#wanted = false;
    this.#delay = this.#manner.minRestartDelay;
    if (this.#restart?.active) this.#restart.cancel();
    const stopped = new Deferred<void>();
    if (this.#run === undefined) stopped.callback();
    else {
      this.#waiting.push(stopped);
      this.#end(this.#run);
    }
    return stopped;
  }

  #spawn(): void {
    this.#startedAt = this.#reactor.seconds();
    this.#ending = false;
    const run = new Run(this.#manner, (reason) => this.#ended(reason));
    const spawning = this.#reactor.spawnProcess(run, this.#command, this.#spawnOptions);
    this.#run = run;
    run.spawning = spawning.addCallbacks(
      ({ pid }) => {
        if (!this.#ending) this.#manner.event({ type: "started", pid });
      },
      (failure: Failure) => this.#ended(failure),
    );
  }

  #end(run: Run): void {
    if (this.#ending) return;
    this.#ending = true;
    run.end(this.#manner.killTime);
  }

  #ended(reason: Failure): void {
    this.#run = undefined;
    const lived = this.#reactor.seconds() - this.#startedAt;
    let restartsIn: number | undefined;
    if (this.#wanted) {
      const crashed = !this.#ending && lived < this.#manner.threshold;
      restartsIn = crashed ? this.#delay : 0;
      this.#delay = crashed
        ? Math.min(2 * this.#delay, this.#manner.maxRestartDelay)
        : this.#manner.minRestartDelay;
      this.#restart = this.#reactor.callLater(restartsIn, () => this.#spawn());
    }
    this.#manner.event({ type: "ended", reason, restartsIn });
    for (const waiting of this.#waiting.splice(0)) waiting.callback();
  }
}

/** One run of a process. */
class Run extends ProcessProtocol {
  spawning: Deferred<unknown> | undefined = undefined;
  readonly #manner: Manner;
  readonly #ended: (reason: Failure) => void;
  readonly #lines = new Map<number, LineDecoder>();
  #child: ProcessTransport | undefined = undefined;
  /** Fires when its whole group is gone, once that is being ended. */
  #tree: Deferred<unknown> | undefined = undefined;

  constructor(manner: Manner, ended: (reason: Failure) => void) {
    super();
    this.#manner = manner;
    this.#ended = ended;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Its group gets TERM, then KILL; one that is only beginning is given up. */
  end(killTime: number): void {
    if (this.#child === undefined) this.spawning?.cancel();
    // It may have exited, and its children hold its pipes.
    else this.#tree = this.#child.endTree(killTime).addBoth(() => this.#child?.loseConnection());
  }

  override connectionMade(): void {
    this.#child = this.transport;
    this.transport.closeStdin();
  }

  override childDataReceived(childFD: number, data: Uint8Array): void {
    const lines = this.#linesOf(childFD);
    lines.push(data);
    for (let line = lines.next(); line !== undefined; line = lines.next()) {
      this.#manner.line(line === TOO_LONG ? "(a line that is too long)" : String(line), childFD);
    }
  }

  override childConnectionLost(childFD: number): void {
    const rest = this.#lines.get(childFD)?.takeRest();
    if (rest?.length) this.#manner.line(new TextDecoder().decode(rest), childFD);
  }

  override processEnded(reason: Failure): void {
    if (this.#tree === undefined) this.#ended(reason);
    else this.#tree.addBoth(() => this.#ended(reason));
  }

  #linesOf(childFD: number): LineDecoder {
    let lines = this.#lines.get(childFD);
    if (lines === undefined) {
      lines = new LineDecoder({ delimiter: "\n", maxLength: MAX_LINE_BYTES });
      this.#lines.set(childFD, lines);
    }
    return lines;
  }
}
