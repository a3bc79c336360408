import { BadOptionError } from "../../../core/errors.ts";
import type { SeededRandom } from "../../../core/random.ts";
import type { Segments } from "../../simulation.ts";

/** How many of the bytes that wait the next segment takes; at least one. */
export type Cut = (waitingBytes: number) => number;

/** The cuts of one direction of a connection; undefined where writes are left as they are. */
export function cutter(segments: Segments | undefined, random: SeededRandom): Cut | undefined {
  if (segments === undefined) return undefined;
  if (typeof segments === "number") return () => segments;
  if (segments !== "seeded") return (waiting) => checked(segments(waiting));
  const draws = random.split("segments");
  // Of every order of magnitude as many: single bytes are likely, and megabytes are soon through.
  return (waiting) => Math.floor(waiting ** draws.next());
}

function checked(bytes: number): number {
  if (bytes >= 1) return Math.floor(bytes);
  throw new BadOptionError(`segments must say 1 or more bytes, not ${bytes}`);
}
