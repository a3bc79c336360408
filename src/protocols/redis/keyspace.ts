import type { ReactorTime } from "../../reactor/capabilities.ts";

/** What a key costs beside its bytes, about. */
const ENTRY_BYTES = 64;
/** So many keys that may have expired are looked at for each one that is written. */
const SWEPT_AT_ONCE = 2;

interface Entry {
  readonly value: Uint8Array;
  /** On the reactor's clock; undefined for a key that stays. */
  readonly expiresAt: number | undefined;
}

/**
 * Keys and values, some of which expire. There is no timer: an expired key is forgotten when it is
 * asked for, or soon, as others are written.
 */
export class RedisKeyspace {
  readonly #clock: Pick<ReactorTime, "seconds">;
  readonly #entries = new Map<string, Entry>();
  /** The keys that expire, those that were looked at longest ago first. */
  readonly #expiring = new Set<string>();
  #bytes = 0;

  constructor(clock: Pick<ReactorTime, "seconds">) {
    this.#clock = clock;
  }

  /** What all of it takes, about. */
  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return [...this.keys()].length;
  }

  *keys(): Generator<string> {
    for (const key of this.#entries.keys()) if (this.#live(key) !== undefined) yield key;
  }

  get(key: string): Uint8Array | undefined {
    return this.#live(key)?.value;
  }

  /** Seconds until the key expires; Infinity if it stays, undefined if there is none. */
  secondsLeft(key: string): number | undefined {
    const entry = this.#live(key);
    if (entry === undefined) return undefined;
    return entry.expiresAt === undefined ? Infinity : entry.expiresAt - this.#clock.seconds();
  }

  /** The value is copied. It expires after `seconds`; not at all unless given. */
  set(key: string, value: Uint8Array, seconds: number = Infinity): void {
    this.delete(key);
    this.#sweep();
    const expiresAt = seconds === Infinity ? undefined : this.#clock.seconds() + seconds;
    this.#entries.set(key, { value: value.slice(), expiresAt });
    this.#bytes += cost(key, value);
    if (expiresAt !== undefined) this.#expiring.add(key);
  }

  /** Another value for a key, which expires when it would have. */
  replace(key: string, value: Uint8Array): void {
    this.set(key, value, this.secondsLeft(key) ?? Infinity);
  }

  /** Lets a key expire after `seconds`, or not at all. Returns whether there is such a key. */
  expire(key: string, seconds: number): boolean {
    const value = this.get(key);
    if (value === undefined) return false;
    if (seconds <= 0) this.delete(key);
    else this.set(key, value, seconds);
    return true;
  }

  /** Returns whether there was such a key. */
  delete(key: string): boolean {
    const wasLive = this.#live(key) !== undefined;
    this.#forget(key);
    return wasLive;
  }

  clear(): void {
    this.#entries.clear();
    this.#expiring.clear();
    this.#bytes = 0;
  }

  #live(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry?.expiresAt === undefined || entry.expiresAt > this.#clock.seconds()) return entry;
    this.#forget(key);
    return undefined;
  }

  #forget(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#expiring.delete(key);
    this.#bytes -= cost(key, entry.value);
  }

  #sweep(): void {
    let left = SWEPT_AT_ONCE;
    for (const key of this.#expiring) {
      if (left-- === 0) return;
      this.#expiring.delete(key);
      if (this.#live(key) !== undefined) this.#expiring.add(key);
    }
  }
}

function cost(key: string, value: Uint8Array): number {
  return ENTRY_BYTES + 2 * key.length + value.length;
}
