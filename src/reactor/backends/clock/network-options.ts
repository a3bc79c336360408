/** What the simulated network is like. */
import { BadOptionError } from "../../../core/errors.ts";
import type { SeededRandom } from "../../../core/random.ts";
import type { ClockOptions, Segments, SimulatedCertificate } from "../../simulation.ts";
import type { TimerQueue } from "../../timer-queue.ts";
import type { StreamAddress } from "../../transport.ts";
import type { Latency } from "./latency.ts";

/** What its streams and datagrams are like, as the reactor's maker wants it. */
export interface NetworkCharacter {
  readonly latency: Latency;
  readonly bandwidth: number;
  readonly segments: Segments | undefined;
  readonly receiveBufferBytes: number;
  readonly sendBufferBytes: number;
  readonly keepAliveSeconds: number;
  readonly retransmitSeconds: number;
}

/** Where the errors of one reactor's connections go. */
export type Report = (error: unknown, doing: string) => void;

export interface NetworkOptions extends NetworkCharacter {
  /** Where what is to happen is scheduled, with its delay in seconds. */
  readonly happenings: TimerQueue;
  readonly trace: (event: string) => void;
  readonly random: SeededRandom;
  readonly certificates: Readonly<Record<string, SimulatedCertificate>>;
  readonly descriptors: Readonly<Record<number, StreamAddress>>;
}

/** The options with their defaults. @throws BadOptionError */
export function networkCharacter(options: ClockOptions): NetworkCharacter {
  const { latency = 0, bandwidth = Infinity, segments } = options;
  const { receiveBufferBytes = 64 * 1024, sendBufferBytes = 0 } = options;
  const { keepAliveSeconds = 7875, retransmitSeconds = 924.6 } = options;
  const [least, most] = typeof latency === "number" ? [latency, latency] : latency;
  assertSeconds("latency", least);
  assertSeconds("latency", most);
  if (least > most) throw new BadOptionError(`latency is from ${least} down to ${most} seconds`);
  if (!(bandwidth > 0)) {
    throw new BadOptionError(`bandwidth must be more than 0 bytes per second, not ${bandwidth}`);
  }
  const isSize = typeof segments !== "number" || (Number.isInteger(segments) && segments > 0);
  if (!isSize || (typeof segments === "string" && segments !== "seeded")) {
    throw new BadOptionError(
      `segments must be a number of bytes, "seeded" or a function, not ${JSON.stringify(segments)}`,
    );
  }
  assertBytes("receiveBufferBytes", receiveBufferBytes, 1);
  assertBytes("sendBufferBytes", sendBufferBytes, 0);
  assertSeconds("keepAliveSeconds", keepAliveSeconds);
  assertSeconds("retransmitSeconds", retransmitSeconds);
  return {
    latency,
    bandwidth,
    segments,
    receiveBufferBytes,
    sendBufferBytes,
    keepAliveSeconds,
    retransmitSeconds,
  };
}

function assertBytes(name: string, bytes: number, least: number): void {
  if (Number.isInteger(bytes) && bytes >= least) return;
  throw new BadOptionError(`${name} must be ${least} or more bytes, not ${bytes}`);
}

/** @throws BadOptionError */
export function assertSeconds(what: string, seconds: number): void {
  if (seconds >= 0 && seconds < Infinity) return;
  throw new BadOptionError(`${what} must be 0 or more seconds, not ${seconds}`);
}
