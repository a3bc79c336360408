/**
 * What a backend provides, and what it gets.
 *
 * The smallest one has a clock and one alarm:
 *
 * ```ts
 * import { type Backend, createReactor } from "skein/reactor";
 *
 * const started = performance.now();
 * const mine: Backend = {
 *   name: "mine",
 *   summary: "timers on setTimeout",
 *   capabilities: [],
 *   open(loop) {
 *     const seconds = () => (performance.now() - started) / 1000;
 *     const ring = (): number => loop.turn();
 *     let alarm: NodeJS.Timeout | undefined;
 *     let alive: NodeJS.Timeout | undefined;
 *     return {
 *       seconds,
 *       wakeAt(when) {
 *         clearTimeout(alarm);
 *         alarm = setTimeout(ring, Math.min(Math.max(when - seconds(), 0), 1e6) * 1000);
 *       },
 *       started() {
 *         alive = setInterval(() => {}, 1e9);
 *       },
 *       sleep() {
 *         clearTimeout(alarm);
 *         clearInterval(alive);
 *       },
 *     };
 *   },
 * };
 *
 * const reactor = createReactor(mine);
 * reactor.callLater(0.01, () => {
 *   console.log(reactor.backend); // → mine
 *   reactor.stop();
 * });
 * await reactor.run();
 * ```
 */
import type { Deferred } from "../defer/deferred.ts";
import type { SlowCall } from "./slow-calls.ts";
import type { Capability, CapabilityMap, ReactorFromThreads, ReactorTime } from "./capabilities.ts";
import type { Traffic } from "./traffic.ts";
import type { Openable } from "./open-things.ts";

/** The reactor, as its backend sees it. */
export interface Loop extends ReactorTime, ReactorFromThreads {
  /**
   * Makes one turn: startup or shutdown that is due, calls from threads, timers that are due. The
   * backend calls it when its alarm goes off, from an empty stack. Returns how many calls it made.
   */
  turn(): number;
  /** Calls at once when it runs, else when it has started. */
  callWhenRunning(action: () => void): void;
  /** When it next wants a turn: -Infinity for at once, Infinity for not at all, or when stopped. */
  nextWake(): number;
  /** Asks for a turn as soon as possible. */
  wake(): void;
  readonly running: boolean;
  /** How long a stopping reactor lets connections send what was written; Infinity for no limit. */
  readonly drainSeconds: number;
  /** For errors that have nobody else to go to. `doing` completes "error while …". */
  reportError(error: unknown, doing: string): void;
  /**
   * Enters something into `inspect()`: call it where the user asked for it, so that `debug` shows
   * the right place. Returns the way to take it out again; more than one use does no harm.
   *
   * @param kind "port", "connection": the same for all backends.
   * @param describe which one it is, at the time of asking: an address, say.
   */
  opened(kind: string, describe: () => string): () => void;
  /** {@link opened} for things of which there are many: they say themselves what they are. */
  enter(thing: Openable): void;
  /** Takes it out again, if it is there. */
  leave(thing: Openable): void;
  /**
   * With `slowCallbackSeconds`, an object in the place of `callee` whose methods are timed;
   * without, `callee` itself. For what a backend calls from outside the turns: protocols.
   */
  timed<T extends object>(what: string, callee: T): T;
  /** Tells `onSlow` of a call that held the loop, where a backend has other ways to see it. */
  slow(call: SlowCall): void;
  /** For backends that are driven by calls of their own: begins a run, if there is none. */
  run(): Deferred<void>;
  /** Ends a run in which nothing can ever happen again. */
  stop(): void;
  crash(error?: unknown): void;
}

/** The part that every backend must have. */
export interface Driver {
  /** A clock that never goes back, in seconds. */
  seconds(): number;
  /** What time it is, in seconds since 1970; where a backend does not say it, {@link seconds}. */
  wallSeconds?(): number;
  /**
   * Sets the one alarm: call `loop.turn()` once, from an empty stack, when the clock reaches
   * `when`, or as soon as possible after (-Infinity: at once); never from inside this call. A new
   * alarm replaces the one before.
   */
  wakeAt(when: number): void;
  /** A run begins: from now on the process must stay alive, even with no alarm set. */
  started(): void;
  /** The run has ended: forget the alarm, keep nothing alive. */
  sleep(): void;
  /** Asked when a run ends in order: an error that it gives is what run() fails with. */
  verdict?(): Error | undefined;
  /** Closes every port and connection; fires when each has been told. */
  disconnectAll?(): Deferred<void>;
  /**
   * Closes every port, and leaves connections alone: fires when those that others have made have
   * ended by themselves, or after so many seconds, with how many are left.
   */
  drain?(seconds: number): Deferred<number>;
  /** Bytes that connections have moved, those that have ended too. */
  traffic?(): Traffic;
  /**
   * Asked when a call was slow that began at `since`, by {@link seconds}: what it was doing, if
   * something has looked. Who asks tells of it, so that the driver does not by `loop.slow`.
   */
  takeStack?(since: number): string | undefined;
  /** True if the backend itself has unhandled failures reported, as the clock does. */
  readonly endsTurns?: boolean;
}

/** A backend opened for one reactor: the driver, and an object for each of its capabilities. */
export type Opened<C extends Capability> = Driver & { readonly [K in C]: CapabilityMap[K] };

/**
 * A kind of reactor. `O` is the type of its own options, which createReactor passes on.
 */
export interface Backend<C extends Capability = never, O extends object = object> {
  readonly name: string;
  /** One line for `reactor --backends`. */
  readonly summary: string;
  readonly capabilities: readonly C[];
  /** Makes what one reactor needs. Nothing may happen yet: no timer, no socket. */
  open(loop: Loop, options: O): Opened<C>;
}

/** Any backend at all. */
// oxlint-disable-next-line no-explicit-any -- they differ in what they can do, and what they take
export type AnyBackend = Backend<any, any>;
