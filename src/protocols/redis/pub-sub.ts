import { matchesGlob } from "./glob.ts";

/** Who hears which channels. `S` is somebody who does. */
export class PubSub<S> {
  readonly #channels = new Map<string, Set<S>>();
  readonly #patterns = new Map<string, Set<S>>();

  subscribe(channel: string, who: S): void {
    const all = this.#channels.get(channel) ?? new Set();
    this.#channels.set(channel, all.add(who));
  }

  unsubscribe(channel: string, who: S): void {
    const all = this.#channels.get(channel);
    all?.delete(who);
    if (all?.size === 0) this.#channels.delete(channel);
  }

  psubscribe(pattern: string, who: S): void {
    const all = this.#patterns.get(pattern) ?? new Set();
    this.#patterns.set(pattern, all.add(who));
  }

  punsubscribe(pattern: string, who: S): void {
    const all = this.#patterns.get(pattern);
    all?.delete(who);
    if (all?.size === 0) this.#patterns.delete(pattern);
  }

  /** Calls `tell` for each who hears it, with the pattern if that is why; returns how many do. */
  publish(channel: string, tell: (who: S, pattern: string | undefined) => void): number {
    let count = 0;
    for (const who of this.#channels.get(channel) ?? []) {
      tell(who, undefined);
      count++;
    }
    for (const [pattern, all] of this.#patterns) {
      if (!matchesGlob(pattern, channel)) continue;
      for (const who of all) tell(who, pattern);
      count += all.size;
    }
    return count;
  }
}
