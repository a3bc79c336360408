import { BadOptionError } from "../../core/errors.ts";
import type { ReactorTime } from "../../reactor/capabilities.ts";

export interface TokenBucketOptions {
  /** Tokens that come in each second. */
  readonly rate: number;
  /** The most that gather while none are taken, as at the beginning; one second's unless given. */
  readonly burst?: number;
  /** A bucket that this one shares with others: what is taken here is taken there too. */
  readonly parent?: TokenBucket;
}

/**
 * Limits how much is done in time: tokens drip into the bucket, and whatever is done takes some.
 *
 * ```ts
 * import { TokenBucket } from "skein/protocols";
 * import { createReactor } from "skein/reactor";
 *
 * const reactor = createReactor("clock");
 * const all = new TokenBucket(reactor, { rate: 10 });
 * const one = new TokenBucket(reactor, { rate: 5, parent: all });
 *
 * console.log(one.take(5), one.take(1)); // → true false
 * console.log(all.available); // → 5
 * await reactor.advance(0.2);
 * console.log(one.take(1)); // → true
 *
 * console.log(one.reserve(2)); // → 0.4
 * ```
 *
 * In a tree of them a child never has more than its own rate, and all children together never more
 * than the parent's: "10 MB/s for the port, and 1 MB/s for each connection".
 *
 * {@link take} is for what can be left undone: a request that is refused. {@link reserve} is for
 * what can wait. Those who reserve are served in their order: the tokens of each are its own from
 * then on, and nobody overtakes it.
 */
export class TokenBucket {
  readonly #clock: Pick<ReactorTime, "seconds">;
  readonly #rate: number;
  readonly #burst: number;
  readonly #parent: TokenBucket | undefined;
  /** Less than none are those that are reserved and have not come yet. */
  #tokens: number;
  /** Until when what has come in is in `#tokens`. */
  #countedUntil: number;

  /** @throws BadOptionError unless rate and burst are over 0 and finite. */
  constructor(clock: Pick<ReactorTime, "seconds">, options: TokenBucketOptions) {
    const { rate, burst = rate, parent } = options;
    for (const [name, value] of Object.entries({ rate, burst })) {
      if (value > 0 && value < Infinity) continue;
      throw new BadOptionError(`the ${name} of a token bucket is over 0 and finite, not ${value}`);
    }
    this.#clock = clock;
    this.#rate = rate;
    this.#burst = burst;
    this.#parent = parent;
    this.#tokens = burst;
    this.#countedUntil = clock.seconds();
  }

  /** The most that can ever be taken at once. */
  get most(): number {
    return Math.min(this.#burst, this.#parent?.most ?? Infinity);
  }

  /** What can be taken now, here and in all above it; not less than 0. */
  get available(): number {
    this.#count();
    const here = Math.max(0, this.#tokens);
    return this.#parent === undefined ? here : Math.min(here, this.#parent.available);
  }

  /** Takes them all, or, where there are not so many, none. */
  take(tokens: number): boolean {
    if (this.available < tokens) return false;
    this.reserve(tokens);
    return true;
  }

  /**
   * Takes them, also those that have not come yet; returns in how many seconds all have, 0 if they
   * are there. More than the burst can be had, too: it takes its time.
   */
  reserve(tokens: number): number {
    this.#count();
    this.#tokens -= tokens;
    const here = Math.max(0, -this.#tokens / this.#rate);
    return Math.max(here, this.#parent?.reserve(tokens) ?? 0);
  }

  /** Gives back what was reserved, and is not wanted any more. */
  giveBack(tokens: number): void {
    this.#count();
    this.#tokens = Math.min(this.#burst, this.#tokens + tokens);
    this.#parent?.giveBack(tokens);
  }

  #count(): void {
    const now = this.#clock.seconds();
    const dripped = (now - this.#countedUntil) * this.#rate;
    this.#tokens = Math.min(this.#burst, this.#tokens + dripped);
    this.#countedUntil = now;
  }
}
