/**
 * What a reactor can do, as interfaces.
 *
 * Every reactor has core, time and callFromThread. The rest depends on its backend, and the type
 * says so: a daemon declares what it needs, `(reactor: Reactor<"tcp" | "threads">) => …`, and a
 * backend that lacks it is a compile-time error.
 */
import type { Deferred } from "../defer/deferred.ts";
import type { ReactorProcess } from "./processes.ts";
import type { ReactorStdio } from "./stdio.ts";
import type { DatagramReceiver, DatagramTransport, MulticastTransport } from "./datagrams.ts";
import type { ReactorNames } from "./names.ts";
import type { ReactorClock, ReactorNetwork } from "./simulation.ts";
import type { ReactorAdopt, ReactorTCP, ReactorTLS, ReactorUNIX } from "./stream-capabilities.ts";
import type { WorkerEvents, WorkerHandle, WorkerOptions } from "./workers.ts";

export type * from "./stream-capabilities.ts";

export type Phase = "before" | "during" | "after";
export type SystemEvent = "startup" | "shutdown";

/** Names a trigger, so that it can be removed. */
export interface TriggerId {
  readonly phase: Phase;
  readonly event: SystemEvent;
}

/** Something that is open on a reactor, or waits there. */
export interface OpenThing {
  /**
   * "port", "connection", "connector", "process", "worker", "delayed call", "calls from threads",
   * or what a backend of another make says.
   */
  readonly kind: string;
  /** Which of its kind: an address, a time and a function's name. */
  readonly description: string;
  /** When it was made, by the reactor's clock; of delayed calls known with `debug: true`. */
  readonly since: number | undefined;
  /** Where it was made: the stack, the innermost call first; known with `debug: true`. */
  readonly createdAt: string | undefined;
}

/** Starting, stopping, and what happens around it. */
export interface ReactorCore {
  /** The name of the backend it runs on. */
  readonly backend: string;
  /** From the `during startup` triggers to the end of shutdown. */
  readonly running: boolean;
  /**
   * Starts the reactor, in a turn of its own: not inside this call. The Deferred fires when the
   * reactor has stopped, with every shutdown trigger done; the reactor can then be run again.
   * While it runs the process stays alive.
   *
   * @throws ReactorAlreadyRunningError
   */
  run(): Deferred<void>;
  /**
   * Begins the shutdown, in a later turn: `before` triggers, awaited; then every port and
   * connection is closed and the `during` triggers run; then the `after` triggers.
   *
   * @throws ReactorNotRunningError when it is not running, or is stopping already.
   */
  stop(): void;
  /**
   * Stops at the end of the present turn, with no trigger and nothing closed: for tests and last
   * resorts. With an error,
   * run()'s Deferred fails with it.
   */
  crash(error?: unknown): void;
  /**
   * Calls `action` at a phase of startup or shutdown. All of a phase are started in the order they
   * were added; the next phase begins when all their Deferreds have fired. One that fails is
   * reported, and holds nothing up. Each trigger is spent by its event; a Deferred that it returns
   * is the reactor's.
   */
  addSystemEventTrigger(phase: Phase, event: SystemEvent, action: () => unknown): TriggerId;
  /** Unknown and spent ids are ignored. */
  removeSystemEventTrigger(id: TriggerId): void;
  /** Calls `action` when the reactor has started; at once if it is running. */
  callWhenRunning(action: () => void): void;
  /**
   * Tells of an error that has nobody else to go to: from a delayed call, a protocol, a trigger.
   * Goes to the `onError` option; without one, to standard error.
   */
  reportError(error: unknown, doing: string): void;
  /**
   * All that is open or waiting at present: what was opened, in that order; delayed calls, in the
   * order of their times; calls from threads. It is a picture, which does not change afterwards.
   * What should be gone and is listed has leaked: `createReactor(…, { debug: true })` says where
   * it was made.
   */
  inspect(): readonly OpenThing[];
}

/** Time, in seconds, and calls at a later time. */
export interface ReactorTime {
  /** The backend's clock, in seconds. Only differences mean something. */
  seconds(): number;
  /**
   * Calls `action` once, in a later turn, `delaySeconds` (0 or more) from now. Calls run in order
   * of their times, those of equal times in the order they were started, or last moved; one that
   * throws is reported and disturbs no other.
   *
   * @throws BadOptionError for a negative or non-finite delay.
   */
  callLater(delaySeconds: number, action: () => void): DelayedCall;
  /** The calls still to come, in no particular order. */
  getDelayedCalls(): DelayedCall[];
}

/** A call that callLater arranged. */
export interface DelayedCall {
  /** When it is due, on the reactor's clock. */
  getTime(): number;
  /** False once it is cancelled or begins to run. */
  readonly active: boolean;
  /** @throws AlreadyRunError, AlreadyCancelledError */
  cancel(): void;
  /** Moves it to `seconds` after its present due time. @throws as cancel */
  delay(seconds: number): void;
  /** Moves it to `seconds` from now. @throws as cancel */
  reset(seconds: number): void;
}

/** The way in for code that runs outside the reactor's turns. */
export interface ReactorFromThreads {
  /**
   * Calls `action` in the reactor's next turn; in the order of the calls. Wakes an idle reactor.
   *
   * @throws QueueFullError when a million are waiting.
   */
  callFromThread(action: () => void): void;
}

export interface ListenUDPOptions {
  /** The local IP address to bind; every IPv4 address ("0.0.0.0") unless given; "::" is both. */
  interface?: string;
  /** Datagrams with more bytes than this are dropped when they arrive; no limit unless given. */
  maxPacketSize?: number;
}

/** UDP. */
export interface ReactorUDP {
  /**
   * Opens a UDP port (0: any free one) when the reactor runs, to receive and to send. Starts the
   * protocol, then fires with the port, which is also the protocol's transport. Fails with
   * CannotListenError, with what startProtocol throws, or with ReactorNotRunningError while the
   * reactor stops; cancelling gives up.
   *
   * @throws BadOptionError for a number that is no port, InvalidAddressError for an interface that
   *   is no IP address.
   */
  listenUDP(
    port: number,
    protocol: DatagramReceiver,
    options?: ListenUDPOptions,
  ): Deferred<DatagramTransport>;
}

export interface ListenMulticastOptions extends ListenUDPOptions {
  /** Whether others on this machine that want it too may listen on the same port. */
  listenMultiple?: boolean;
}

/** UDP to and from groups. */
export interface ReactorMulticast {
  /** As listenUDP; the port can join groups. */
  listenMulticast(
    port: number,
    protocol: DatagramReceiver<MulticastTransport>,
    options?: ListenMulticastOptions,
  ): Deferred<MulticastTransport>;
}

/** Workers, which run code beside the reactor. `skein/threads` makes pools of them. */
export interface ReactorThreads {
  /** One that cannot be started is gone at once: `died` comes with CannotStartWorkerError. */
  startWorker(events: WorkerEvents, options?: WorkerOptions): WorkerHandle;
}

/** Being driven from outside, one turn at a time; see `guest()`. */
export interface ReactorGuest {
  /**
   * Makes one turn, if it runs: what was due when it began, and no more. Returns how many calls it
   * made. To be called from an empty stack, or what counts as one for the host.
   *
   * @throws TurnInProgressError from inside a turn of the same reactor.
   */
  iterate(): number;
  /**
   * When it next wants a turn, on the host's clock: -Infinity for at once, Infinity for not before
   * something wakes it. Turns that come sooner do no harm.
   */
  nextTurn(): number;
}

/**
 * The capabilities that a backend may have beside those that all have. A backend that brings one
 * of its own declares it here, by declaration merging: an interface of methods.
 */
export interface CapabilityMap {
  tcp: ReactorTCP;
  tls: ReactorTLS;
  unix: ReactorUNIX;
  adopt: ReactorAdopt;
  udp: ReactorUDP;
  multicast: ReactorMulticast;
  names: ReactorNames;
  process: ReactorProcess;
  stdio: ReactorStdio;
  threads: ReactorThreads;
  clock: ReactorClock;
  guest: ReactorGuest;
  network: ReactorNetwork;
}

export type Capability = keyof CapabilityMap;

type Both<U> = (U extends unknown ? (part: U) => void : never) extends (whole: infer I) => void
  ? I
  : never;

/** A reactor with the capabilities `C`: `Reactor<"tcp" | "threads">`. */
export type Reactor<C extends Capability = never> = ReactorCore &
  ReactorTime &
  ReactorFromThreads &
  ([C] extends [never] ? unknown : Both<CapabilityMap[C]>);
