import { BadOptionError } from "../core/errors.ts";
import { SeededRandom } from "../core/random.ts";

/** How many seconds to wait before a retry: 0 is the first one, since there was a connection. */
export type RetryPolicy = (retry: number) => number;

export interface BackoffOptions {
  /** The first delay, in seconds; 1 unless given. */
  readonly initial?: number;
  /** The longest delay, in seconds; 60 unless given. */
  readonly max?: number;
  /** Each delay is so many times the one before; 1.5 unless given. */
  readonly factor?: number;
  /**
   * Up to this part of each delay is left away, by chance, so that many clients do not all come
   * back at the same time; 0 unless given: none.
   */
  readonly jitter?: number;
  /** What chance begins from: another one for each client. Where there is jitter: this, or... */
  readonly seed?: number | string;
  /** ... where chance comes from: numbers from 0 to 1, which they never are. */
  readonly random?: () => number;
}

/**
 * Delays that grow: the first is `initial`, each further one `factor` times as long, up to `max`.
 *
 * ```ts
 * import { backoffPolicy } from "skein";
 *
 * const policy = backoffPolicy({ initial: 1, factor: 2, max: 10 });
 * console.log([0, 1, 2, 3, 4, 5].map(policy)); // → [ 1, 2, 4, 8, 10, 10 ]
 * ```
 *
 * Jitter needs a source of chance, and takes none by itself, so that a daemon on virtual time does
 * the same each time: `{ jitter: 0.3, seed: "chat-7" }`.
 *
 * @throws BadOptionError
 */
export function backoffPolicy(options: BackoffOptions = {}): RetryPolicy {
  const { initial = 1, max = 60, factor = 1.5, jitter = 0 } = options;
  if (!(initial > 0 && initial <= max && max < Infinity)) {
    throw new BadOptionError(
      `a backoff goes from initial, over 0, to max seconds, not from ${initial} to ${max}`,
    );
  }
  if (!(factor >= 1 && factor < Infinity)) {
    throw new BadOptionError(`a backoff's factor must be 1 or more, not ${factor}`);
  }
  if (!(jitter >= 0 && jitter <= 1)) {
    throw new BadOptionError(`a backoff's jitter must be from 0 to 1, not ${jitter}`);
  }
  const random = jitter === 0 ? () => 0 : chance(options);
  // Beyond the power that no number can hold lies Infinity, of which the minimum is max.
  return (retry) => Math.min(initial * factor ** retry, max) * (1 - jitter * random());
}

function chance({ seed, random }: BackoffOptions): () => number {
  if (random !== undefined) return random;
  if (seed === undefined) throw new BadOptionError("jitter needs a seed, or a random function");
  const seeded = new SeededRandom(seed).split("backoff");
  return () => seeded.next();
}
