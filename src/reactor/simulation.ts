/** The simulated world of the clock backend: what it is made with, and how a test drives it. */
import type { Deferred } from "../defer/deferred.ts";
import type { SimulatedName } from "./names.ts";
import type { ProcessProgram, ProcessScript } from "./process-script.ts";
import type { StreamAddress } from "./transport.ts";
import type { WorkerScript } from "./worker-script.ts";

/**
 * Driving virtual time. Either `run()` the reactor: then it drives itself, as fast as it can, until
 * it is stopped or nothing is left to happen. Or drive it by these methods, which start it if it is
 * not running: one call at a time, each awaited before the next.
 */
export interface ReactorClock {
  /**
   * Lets `seconds` pass: everything due in that time happens, each thing at its own time, with
   * promises settled in between. Fires when the time has passed and nothing more is to happen at
   * its end. `advance(0)` lets happen what is due now.
   *
   * @throws ClockBusyError when it is being driven; fails with ClockStuckError when a program makes
   *   turn after turn without time moving on.
   */
  advance(seconds: number): Deferred<void>;
  /** Advances by each of `steps` in turn. */
  pump(steps: Iterable<number>): Deferred<void>;
  /**
   * Advances until nothing is left to happen, or until `limitSeconds` have passed (a program with
   * a repeating timer is never idle). Fires with whether it became idle.
   */
  runUntilIdle(limitSeconds?: number): Deferred<boolean>;
}

/** Something that happened in the simulated world. */
export interface TraceEvent {
  /** Virtual seconds since the beginning. */
  readonly at: number;
  readonly event: string;
}

/** A certificate of the simulated world, as data. */
export interface SimulatedCertificate {
  /** Whose it is. */
  readonly subject: string;
  /** The host names and addresses that it is for; its subject alone unless given. */
  readonly names?: readonly string[];
  /** The `subject` of its authority; one that every system believes unless given. */
  readonly issuer?: string;
  /** Seconds on the virtual clock; always valid unless given. */
  readonly notBefore?: number;
  readonly notAfter?: number;
}

/** What is at the other end of a simulated standard input and output. */
export interface SimulatedStdio {
  /** Its `stdin` is what the daemon writes, and it writes what the daemon reads. */
  readonly program: ProcessProgram;
  /** Whether the daemon's standard input counts as a terminal; false unless given. */
  readonly terminal?: boolean;
}

/** What may happen to datagrams on the simulated network. All are probabilities: 0 to 1. */
export interface DatagramFaults {
  /** How many are lost; 0 unless given. */
  loss?: number;
  /** How many come twice; 0 unless given. */
  duplicate?: number;
  /** How many are late, so that others overtake them; 0 unless given. */
  reorder?: number;
  /** How late those are at the most, in seconds; 0.01 unless given. */
  reorderSeconds?: number;
}

/**
 * Who is meant, at one end of a connection: all at a host, all at a port, or one alone. An address
 * will do: `transport.getPeer()`, `port.getHost()`. "0.0.0.0" and "::" are every address of a kind.
 */
export interface NetworkEnd {
  readonly host?: string;
  readonly port?: number;
}

/**
 * What becomes of attempts to connect by TCP. `refused`: as if nobody listened. `unanswered`: the
 * attempt is made again and again until its own timeout. `reset`: they are connected, and reset
 * before anybody has accepted them. `held`: the program there hangs; its system still connects as
 * many as fit into the backlog (`backlog` + 1, as on Linux), and answers no more.
 */
export type ConnectFault = "refused" | "unanswered" | "reset" | "held";

/** A fault that lasts until it is healed. */
export interface NetworkFault {
  /** Ends it. A second call does nothing. */
  heal(): void;
}

/** Faults of the simulated network, while it runs. docs/simulated-network.md shows them. */
export interface ReactorNetwork {
  /**
   * From now on nothing passes between `a` and `b` (everybody, unless given); with `oneWay`,
   * nothing from `a` to `b`. What is under way is held, and arrives when it is healed: streams lose
   * no bytes. A reset is not held but lost, datagrams too; attempts to connect get no answer.
   */
  partition(
    a: NetworkEnd | StreamAddress,
    b?: NetworkEnd | StreamAddress,
    options?: { oneWay?: boolean },
  ): NetworkFault;
  /** From now on this is what becomes of connects to `to`. Of several, the last one counts. */
  faultConnects(to: NetworkEnd | StreamAddress, fault: ConnectFault): NetworkFault;
  /**
   * Resets every connection that has `end` as one of its ends, on both sides, whatever is under
   * way. Returns how many there were.
   */
  resetConnections(end: NetworkEnd | StreamAddress): number;
  /** Heals everything. */
  heal(): void;
}

/**
 * How the bytes of streams are cut. A number: what one turn has written is joined, and cut after
 * every so many bytes. `"seeded"`: joined, and cut by chance, in large pieces and in small ones. A
 * function is asked for the size of the next piece, and told how many bytes wait.
 */
export type Segments = number | "seeded" | ((waitingBytes: number) => number);

export interface ClockOptions {
  /**
   * Seconds that bytes are under way, one way; 0 unless given. With two numbers it is from the one
   * to the other, by chance; what goes by one connection stays in order.
   */
  latency?: number | readonly [least: number, most: number];
  /** Bytes per second, for each direction of each connection; no limit unless given. */
  bandwidth?: number;
  /** How streams are cut. Unless given, each write arrives as it was written. */
  segments?: Segments;
  /** How many bytes may be on the way to a peer or wait there to be read; 65,536 unless given. */
  receiveBufferBytes?: number;
  /** How many more the writer's system takes, uncounted by `bufferedBytes`; 0 unless given. */
  sendBufferBytes?: number;
  /**
   * Seconds of silence until a connection with `setTcpKeepAlive(true)` is lost; 7,875 unless given:
   * two hours, and nine questions of 75 seconds, as on Linux.
   */
  keepAliveSeconds?: number;
  /**
   * Seconds until a connection is lost whose peer does not answer to what is written; 924.6 unless
   * given, as on Linux.
   */
  retransmitSeconds?: number;
  /**
   * What a certificate says, by what daemons give for it: the path of its file, or its text. For
   * roots of trust too, by their `subject`.
   */
  certificates?: Readonly<Record<string, SimulatedCertificate>>;
  /** What listens on the descriptors that daemons may adopt. */
  descriptors?: Readonly<Record<number, StreamAddress>>;
  /** What may happen to datagrams; nothing unless given: all arrive, in order. */
  datagrams?: DatagramFaults;
  /** What host names mean, beside `localhost`; unknown are all others. */
  names?: Readonly<Record<string, SimulatedName>>;
  /** The programs that spawnProcess can start, by their commands; none unless given. */
  processes?: Readonly<Record<string, ProcessScript>>;
  /**
   * What is at the other end of standard input and output: a program, as of a process. Unless
   * given it is as with /dev/null.
   */
  stdio?: ProcessProgram | SimulatedStdio;
  /** What becomes of calls in workers; unless given they take no time, and their workers live. */
  workers?: WorkerScript;
  /** What chance begins from: equal programs with equal seeds run equally. 0 unless given. */
  seed?: number | string;
  /**
   * How `advance()` and `pump()` let time pass. "step", unless given: from one thing that happens
   * to the next, each at its own time. "jump", as Twisted's Clock does: to the end at once, then
   * all that is due happens, in order, and sees the final time.
   */
  advance?: "step" | "jump";
  /** How many turns may be made without time moving on; 1,000,000 unless given. */
  turnsAtOnceMax?: number;
  /**
   * Told, in order, of the turns that called something, and of all that happens on the network:
   * equal programs give equal traces.
   */
  trace?: (event: TraceEvent) => void;
}
