/** A worker of its own for one call: a process, or a thread with the same interface. */
import { isOnLine } from "../core/call-line.ts";
import { BadOptionError } from "../core/errors.ts";
import type { Deferred } from "../defer/deferred.ts";
import { succeed } from "../defer/fired.ts";
import { Waiters } from "../defer/waiters.ts";
import type { Reactor, TriggerId } from "../reactor/capabilities.ts";
import { WorkerDiedError } from "../reactor/errors.ts";
import type { Substrate, WorkerCall, WorkerHandle } from "../reactor/workers.ts";
import type { CallerLines } from "../threads/caller-lines.ts";
import { packCall } from "../threads/pack-call.ts";
import type { WorkerFunction } from "../threads/worker.ts";
import { ProcessStartedError } from "./errors.ts";

export interface ProcessOptions {
  /** What it is called in messages; the function's name and a number unless given. */
  name?: string;
  /** It is ended when the reactor stops, which else waits for its end. */
  daemon?: boolean;
  /** "processes" unless given. */
  substrate?: Substrate;
}

const SIGKILL = 9;
const SIGTERM = 15;

/** A daemon has so long to heed TERM when the reactor stops. */
const GRACE_SECONDS = 2;

let made = 0;

/**
 * Runs a module's function in a process of its own, or a thread, from start() to its end. It can be
 * started once.
 *
 * ```ts
 * import { Process } from "skein/multiprocessing";
 * import { createReactor } from "skein/reactor";
 * import { worker } from "skein/threads";
 *
 * // In a program: worker<typeof import("./work.ts")>(new URL("./work.ts", import.meta.url))
 * const timers = worker<typeof import("node:timers/promises")>("node:timers/promises");
 *
 * const reactor = createReactor("libuv");
 * const stopped = reactor.run();
 * const spinner = new Process(reactor, timers.setTimeout, [1e9], { name: "spinner" });
 * spinner.start();
 * spinner.terminate();
 * console.log(spinner.name, await spinner.join()); // → spinner -15
 * reactor.stop();
 * await stopped;
 * ```
 *
 * Arguments cross as those of a pool's calls do. What the function returns is dropped: pass it a
 * Queue or a Pipe. What it throws is reported to the reactor, and its exit code is 1.
 *
 * When the function has ended, a `workerReactor()` of its own stops in good order, and has five
 * seconds for that; then the process has ended.
 *
 * What is written into queues before the end is there after it, and a process that ends does not
 * wait for somebody to take it out: there is no order in which to drain and to join.
 */
export class Process<A extends unknown[]> {
  readonly name: string;
  readonly daemon: boolean;
  readonly #reactor: Reactor<"threads">;
  readonly #target: WorkerFunction<A, unknown>;
  readonly #args: A;
  readonly #substrate: Substrate;
  readonly #joins = new Waiters<number>();
  #lines: CallerLines | undefined;
  #handle: WorkerHandle | undefined;
  #trigger: TriggerId | undefined;
  /** What it will be, when the function has ended, and what that has left running has not. */
  #outcome: number | undefined;
  #exitcode: number | undefined;
  /** The number of the signal that was sent to it from here. */
  #signal: number | undefined;

  /** @throws BadOptionError */
  constructor(
    reactor: Reactor<"threads">,
    target: WorkerFunction<A, unknown>,
    args: A,
    { name, daemon = false, substrate = "processes" }: ProcessOptions = {},
  ) {
    if (substrate !== "threads" && substrate !== "processes") {
      throw new BadOptionError(
        `a process is of "threads" or "processes", not "${String(substrate)}"`,
      );
    }
    this.name = name ?? `${target.name}-${++made}`;
    this.daemon = daemon;
    this.#reactor = reactor;
    this.#target = target;
    this.#args = args;
    this.#substrate = substrate;
  }

  /** The system's number of the process; undefined before the start, and for a thread. */
  get pid(): number | undefined {
    return this.#handle?.pid;
  }

  /** Whether it has been started, and has not ended. */
  get alive(): boolean {
    return this.#handle !== undefined && this.#exitcode === undefined;
  }

  /**
   * How it ended; undefined before that. 0: the function returned; 1: it threw, or its process died
   * of an error; or what it gave to `process.exit()`; −15, say: it was ended by signal 15, TERM.
   */
  get exitcode(): number | undefined {
    return this.#exitcode;
  }

  /**
   * Starts it.
   *
   * @throws ProcessStartedError when that has been done before; CannotCrossError when an argument
   *   cannot be passed on.
   */
  start(): void {
    if (this.#handle !== undefined) throw new ProcessStartedError(this.name);
    let handle: WorkerHandle | undefined;
    try {
      const call = this.#call();
      handle = this.#startWorker();
      handle.send(call);
    } catch (error) {
      handle?.terminate();
      this.#lines?.end();
      throw error;
    }
    this.#handle = handle;
    this.#trigger = this.#reactor.addSystemEventTrigger("before", "shutdown", () => {
      if (this.daemon && this.#outcome === undefined) this.#endSoon();
      return this.join();
    });
  }

  #startWorker(): WorkerHandle {
    return this.#reactor.startWorker(
      {
        returned: () => this.#left(0),
        threw: (_call, error) => {
          this.#reactor.reportError(error, `in the process "${this.name}"`);
          this.#left(1);
        },
        told: (_call, message) => {
          if (isOnLine(message)) this.#hear(() => this.#lines?.told(message));
        },
        asked: (_call, question, reply, atOnce) => {
          if (isOnLine(question)) this.#hear(() => this.#lines?.asked(question, reply, atOnce));
        },
        roomy: () => {},
        died: (error) => this.#died(error),
      },
      { substrate: this.#substrate },
    );
  }

  /**
   * Fires with the exit code when it has ended; with undefined when that has not happened in so
   * many seconds. Cancelling ends nothing but the wait.
   */
  join(timeoutSeconds: number = Infinity): Deferred<number | undefined> {
    if (this.#exitcode !== undefined) return succeed(this.#exitcode);
    const ended: Deferred<number | undefined> = this.#joins.add();
    if (timeoutSeconds === Infinity) return ended;
    let expired = false;
    const late = this.#reactor.callLater(timeoutSeconds, () => {
      expired = true;
      ended.cancel();
    });
    return ended.addBoth((result) => {
      if (late.active) late.cancel();
      return expired ? undefined : result;
    });
  }

  /**
   * Asks it to end: a process and those that it has started get the signal TERM, which a process
   * may heed in its own way; a thread is ended. Nothing happens to one that does not run.
   */
  terminate(): void {
    this.#end(SIGTERM);
  }

  /** Ends it, with the processes that it has started. */
  kill(): void {
    this.#end(SIGKILL);
  }

  /** @throws CannotCrossError, or what arguments throw that cross as themselves */
  #call(): WorkerCall {
    const tell = (message: unknown): void => this.#handle?.tell(call, message);
    const packed = packCall(this.#reactor, this.#substrate, this.#args, {}, tell);
    this.#lines = packed.lines;
    const { args, transfer } = packed;
    const call: WorkerCall = { target: this.#target, manner: "extra", args, transfer, slot: -1 };
    return call;
  }

  /** What it says may be nothing that is ever said: nothing else is to be had of it then. */
  #hear(hear: () => void): void {
    try {
      hear();
    } catch (error) {
      this.#reactor.reportError(error, `hearing the process "${this.name}"`);
      this.kill();
    }
  }

  #endSoon(): void {
    this.terminate();
    const late = this.#reactor.callLater(GRACE_SECONDS, () => this.kill());
    this.join().addCallback(() => {
      if (late.active) late.cancel();
    });
  }

  #end(signal: number): void {
    if (!this.alive) return;
    this.#signal = signal;
    this.#handle?.terminate(signal === SIGTERM);
  }

  /** The function has ended; the reactor of its worker, if it has one, stops in good order. */
  #left(outcome: number): void {
    this.#outcome = outcome;
    this.#lines?.end();
    if (this.#handle?.retire() !== true) this.#ended(outcome);
  }

  #died(error: Error): void {
    if (!this.alive) return;
    const outcome = this.#outcome;
    const code = error instanceof WorkerDiedError ? error.exitCode : undefined;
    const byItself = code !== undefined && (outcome === undefined || code === 0);
    if (this.#signal === undefined && !byItself) {
      this.#reactor.reportError(error, `in the process "${this.name}"`);
    }
    // Those that it has started may be there yet.
    this.#handle?.terminate();
    if (code === 0) this.#ended(outcome ?? 0);
    else this.#ended(code ?? (this.#signal === undefined ? 1 : -this.#signal));
  }

  #ended(exitcode: number): void {
    this.#exitcode = exitcode;
    this.#lines?.end();
    if (this.#trigger !== undefined) this.#reactor.removeSystemEventTrigger(this.#trigger);
    for (let join = this.#joins.shift(); join !== undefined; join = this.#joins.shift()) {
      join.callback(exitcode);
    }
  }
}
