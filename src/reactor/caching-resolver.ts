import { BadOptionError } from "../core/errors.ts";
import { isIP } from "../core/ip-address.ts";
import { Deferred } from "../defer/deferred.ts";
import { CancelledError, TimeoutError } from "../defer/errors.ts";
import { Failure } from "../defer/failure.ts";
import { fail, succeed } from "../defer/fired.ts";
import { maybeDeferred } from "../defer/maybe-deferred.ts";
import type { ReactorTime } from "./capabilities.ts";
import { UnknownHostError } from "./errors.ts";
import { LRUMap } from "./lru-map.ts";
import type { IPFamily, NameResolver, ResolvedAddress, ResolveOptions } from "./names.ts";

export interface CachingOptions {
  /** How many answers are kept; 1,000 unless given. Then the one not used for longest goes. */
  max?: number;
  /** How many names are kept as unknown, apart from those; 1,000 unless given. */
  unknownMax?: number;
  /** The most seconds that an answer is kept, whatever its TTL; 86,400 unless given: a day. */
  ttlMax?: number;
  /** Seconds for addresses that come without a TTL; 0 unless given: they are not kept. */
  ttlDefault?: number;
  /** Seconds for which a name is taken to be unknown; 10 unless given, and 0 for never. */
  unknownSeconds?: number;
}

/** A picture of a {@link CachingResolver}, which does not change. */
export interface CachingStatistics {
  /** How many answers are held, also those that are out of date and not asked for again. */
  readonly kept: number;
  readonly keptUnknown: number;
  /** How many questions are under way. */
  readonly underWay: number;
  /** How many were answered from what is kept, by sharing a question, and by asking one. */
  readonly hits: number;
  readonly shared: number;
  readonly misses: number;
}

type Addresses = readonly ResolvedAddress[];

interface Kept {
  readonly until: number;
  readonly addresses: Addresses;
}

interface KeptUnknown {
  readonly until: number;
  readonly error: UnknownHostError;
}

/** A question that is under way, and those who wait for its answer. */
interface Question {
  readonly waiting: Set<Deferred<Addresses>>;
  asked: Deferred<unknown> | undefined;
}

/**
 * Keeps what another resolver answers for as long as its TTL allows, by the reactor's clock.
 *
 * ```ts
 * import { CachingResolver, createReactor } from "skein/reactor";
 *
 * const reactor = createReactor("clock", {
 *   names: { "db.example": { addresses: ["10.0.0.5"], ttl: 30, delay: 0.2 } },
 * });
 * const cache = new CachingResolver(reactor, reactor.nameResolver);
 * reactor.installNameResolver(cache); // from here on connectTCP asks the cache
 *
 * for (let i = 0; i < 3; i++) {
 *   cache.resolve("db.example").addCallback(([{ address, ttl } = {}]) => {
 *     console.log(`${address} for ${ttl} s, at ${reactor.seconds()} s`);
 *   });
 *   await reactor.advance(10);
 * }
 * // → 10.0.0.5 for 30 s, at 0.2 s
 * // → 10.0.0.5 for 20.2 s, at 10 s
 * // → 10.0.0.5 for 10.2 s, at 20 s
 * ```
 *
 * An answer is kept for the least of its TTLs; what is told of it later has the rest of that. A
 * name that is unknown is kept as such, for a short while, unless the error is `temporary`; other
 * failures are not kept.
 *
 * Who asks what is under way already waits for the same answer, each with a Deferred of their own:
 * cancelling one, or its `timeout`, is nothing to the others, and when all have given up so is the
 * question. Questions differ by name, in small letters, and family.
 */
export class CachingResolver implements NameResolver {
  readonly #clock: Pick<ReactorTime, "seconds" | "callLater">;
  readonly #resolver: NameResolver;
  readonly #options: Required<CachingOptions>;
  readonly #kept: LRUMap<string, Kept>;
  readonly #unknown: LRUMap<string, KeptUnknown>;
  readonly #underWay = new Map<string, Question>();
  #hits = 0;
  #shared = 0;
  #misses = 0;

  /** @throws BadOptionError for numbers that cannot be. */
  constructor(
    clock: Pick<ReactorTime, "seconds" | "callLater">,
    resolver: NameResolver,
    options: CachingOptions = {},
  ) {
    for (const [name, value] of Object.entries(options)) {
      if (value >= 0) continue;
      throw new BadOptionError(`${name} must be 0 or more, not ${value}`);
    }
    this.#clock = clock;
    this.#resolver = resolver;
    const { max = 1000, unknownMax = 1000, ttlMax = 86_400 } = options;
    const { ttlDefault = 0, unknownSeconds = 10 } = options;
    this.#options = { max, unknownMax, ttlMax, ttlDefault, unknownSeconds };
    this.#kept = new LRUMap(max);
    this.#unknown = new LRUMap(unknownMax);
  }

  resolve(host: string, { family, timeout }: ResolveOptions = {}): Deferred<Addresses> {
    if (isIP(host)) return this.#resolver.resolve(host, family === undefined ? {} : { family });
    const name = host.toLowerCase().replace(/\.$/, "");
    const key = `${family ?? "any"} ${name}`;
    const kept = this.#lookUp(key);
    if (kept !== undefined) {
      this.#hits++;
      return kept;
    }
    const answer = this.#wait(key, name, family);
    if (timeout === undefined) return answer;
    return answer.addTimeout(timeout, this.#clock, (result) => {
      if (!(result instanceof Failure)) return result;
      result.trap(CancelledError);
      throw new TimeoutError(`no answer about the host "${name}" in ${timeout} seconds`);
    });
  }

  /** Forgets all that it keeps. What is under way is not disturbed. */
  clear(): void {
    this.#kept.clear();
    this.#unknown.clear();
  }

  statistics(): CachingStatistics {
    return Object.freeze({
      kept: this.#kept.size,
      keptUnknown: this.#unknown.size,
      underWay: this.#underWay.size,
      hits: this.#hits,
      shared: this.#shared,
      misses: this.#misses,
    });
  }

  #lookUp(key: string): Deferred<Addresses> | undefined {
    const now = this.#clock.seconds();
    const kept = this.#kept.get(key);
    if (kept !== undefined) {
      const ttl = kept.until - now;
      if (ttl > 0) return succeed(kept.addresses.map((found) => ({ ...found, ttl })));
      this.#kept.delete(key);
    }
    const unknown = this.#unknown.get(key);
    if (unknown !== undefined) {
      if (unknown.until > now) return fail(unknown.error);
      this.#unknown.delete(key);
    }
    return undefined;
  }

  /** Waits for the answer to a question, which is asked unless it is under way. */
  #wait(key: string, name: string, family: IPFamily | undefined): Deferred<Addresses> {
    const begun = this.#underWay.get(key);
    const question = begun ?? { waiting: new Set(), asked: undefined };
    const waiter = new Deferred<Addresses>(() => {
      question.waiting.delete(waiter);
      if (question.waiting.size > 0 || this.#underWay.get(key) !== question) return;
      // Whoever comes now asks anew.
      this.#underWay.delete(key);
      question.asked?.cancel();
    });
    question.waiting.add(waiter);
    if (begun === undefined) {
      this.#misses++;
      this.#underWay.set(key, question);
      this.#ask(key, name, family, question);
    } else {
      this.#shared++;
    }
    return waiter;
  }

  #ask(key: string, name: string, family: IPFamily | undefined, question: Question): void {
    const asked: Deferred<Addresses> = maybeDeferred(() =>
      this.#resolver.resolve(name, family === undefined ? {} : { family }),
    );
    question.asked = asked;
    asked.addBoth((result) => {
      if (this.#underWay.get(key) === question) {
        this.#underWay.delete(key);
        this.#keep(key, result);
      }
      // One that is told may cancel others that are still to be told: those leave the set.
      for (const waiter of question.waiting) {
        question.waiting.delete(waiter);
        if (result instanceof Failure) waiter.errback(result);
        else waiter.callback(result);
      }
    });
  }

  #keep(key: string, result: Addresses | Failure): void {
    const { ttlMax, ttlDefault, unknownSeconds } = this.#options;
    const now = this.#clock.seconds();
    if (result instanceof Failure) {
      const error = result.value;
      if (!(error instanceof UnknownHostError) || error.temporary || unknownSeconds === 0) return;
      this.#unknown.set(key, { until: now + unknownSeconds, error });
      return;
    }
    const ttl = Math.min(ttlMax, ...result.map((found) => found.ttl ?? ttlDefault));
    if (ttl > 0) this.#kept.set(key, { until: now + ttl, addresses: result });
  }
}
