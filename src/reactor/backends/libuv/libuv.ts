/** Node's own loop: timers, TCP, UDP, child processes and worker threads. */
import type { Deferred } from "../../../defer/deferred.ts";
import type { Backend, Loop } from "../../backend.ts";
import { IO, IO_CAPABILITIES, type IOCapability } from "../../io.ts";
import type { Traffic } from "../../traffic.ts";
import {
  openWorker,
  type WorkerEvents,
  type WorkerHandle,
  type WorkerOptions,
} from "../../workers.ts";
import { TimerDriver } from "../timer/timer.ts";
import { NodeProcesses } from "./children.ts";
import { DgramDriver } from "./dgram.ts";
import { DNSNames, type DNSOptions } from "./dns-names.ts";
import { NetDriver } from "./net.ts";
import { NodeStdio } from "./stdio.ts";
import { SystemNames } from "./system-names.ts";
import { ThreadWorker } from "./thread-worker.ts";
import { ProcessWorker } from "./process-worker.ts";
import { Watchdog } from "./watchdog.ts";

/** Looked up once: properties of `process` are slow to find. */
const hrtime = process.hrtime.bind(process);

class LibuvDriver extends TimerDriver {
  readonly io: IO;
  readonly threads = {
    startWorker: (events: WorkerEvents, options: WorkerOptions = {}): WorkerHandle =>
      openWorker(this.#loop, events, (told) =>
        options.substrate === "processes"
          ? new ProcessWorker(told, options)
          : new ThreadWorker(told, options),
      ),
  };
  readonly #loop: Loop;
  #soon: ReturnType<typeof setImmediate> | undefined = undefined;

  readonly #watchdog: Watchdog | undefined;

  constructor(loop: Loop, { watchdogSeconds, names = "system" }: LibuvOptions) {
    super(loop);
    this.#loop = loop;
    if (watchdogSeconds !== undefined) {
      this.#watchdog = new Watchdog(
        watchdogSeconds,
        ({ seconds, stack }) =>
          loop.slow({ doing: "something", seconds, createdAt: undefined, stack }),
        (error) => loop.reportError(error, "watching the loop"),
      );
    }
    this.io = new IO(loop, {
      streams: new NetDriver((error, doing) => loop.reportError(error, doing)),
      datagrams: new DgramDriver(),
      names: names === "system" ? new SystemNames() : new DNSNames(names === "dns" ? {} : names),
      processes: new NodeProcesses(),
      stdio: new NodeStdio(),
    });
  }

  /** As performance.now() tells, but faster: every callLater and every reset asks. */
  override seconds(): number {
    const now = hrtime();
    return now[0] + now[1] / 1e9;
  }

  override wakeAt(when: number): void {
    // "At once" by setTimeout would be a millisecond late.
    if (when <= this.seconds()) this.#soon ??= setImmediate(this.#turn);
    else super.wakeAt(when);
  }

  override started(): void {
    super.started();
    this.#watchdog?.start();
  }

  takeStack(since: number): string | undefined {
    return this.#watchdog?.takeStack(since);
  }

  override sleep(): void {
    super.sleep();
    this.#watchdog?.stop();
    clearImmediate(this.#soon);
    this.#soon = undefined;
    this.io.reopen();
  }

  disconnectAll(): Deferred<void> {
    return this.io.disconnectAll();
  }

  drain(seconds: number): Deferred<number> {
    return this.io.drain(seconds);
  }

  traffic(): Traffic {
    return this.io.traffic();
  }

  readonly #turn = (): void => {
    this.#soon = undefined;
    this.#loop.turn();
  };
}

/** Options of the libuv backend. */
export interface LibuvOptions {
  /**
   * A second thread watches the loop, and when a call, whatever it is, has held it for longer than
   * this, `onSlow` is told of it with its stack at that moment, as soon as the call has returned;
   * once, if `slowCallbackSeconds` finds it too.
   * Off unless given. For reading the stack V8's debugger stops the main thread for a moment, which
   * has it compile some functions anew: to look for something, rather than to leave on.
   */
  watchdogSeconds?: number;
  /**
   * Who is asked about host names. "system", unless given: whatever the system asks, by
   * getaddrinfo, which tells no TTLs. "dns": the system's hosts file, then its name servers; or
   * others.
   */
  names?: "system" | "dns" | DNSOptions;
}

export const libuv: Backend<IOCapability | "threads", LibuvOptions> = {
  name: "libuv",
  summary: "Node's own loop: real time, real sockets, processes, worker threads",
  capabilities: [...IO_CAPABILITIES, "threads"],
  open(loop, options) {
    const driver = new LibuvDriver(loop, options);
    return Object.assign(driver, driver.io.capabilities);
  },
};
