import type { Deferred } from "../defer/deferred.ts";
import type { SharedMemory } from "./shared-memory.ts";

/** A Deferred that waits for a change. */
export interface Waiter {
  readonly attempt: () => unknown;
  deferred: Deferred<unknown>;
}

/** Where the two copies of this module would find each other that a worker may load. */
const KEY = Symbol.for("skein.threading.lists");
type Lists = Map<string, WaitingList>;
const lists: Lists = ((globalThis as { [KEY]?: Lists })[KEY] ??= new Map());

/** The Deferreds of this thread that wait for one signal, whichever of its objects they came by. */
export class WaitingList {
  readonly #key: string;
  /** In order. */
  readonly #waiters = new Set<Waiter>();
  /** Whether they are to be served in a microtask. */
  scheduled = false;
  /** Whether they are served when another thread makes a change. */
  listening = false;

  constructor(key: string) {
    this.#key = key;
  }

  get first(): Waiter | undefined {
    for (const waiter of this.#waiters) return waiter;
    return undefined;
  }

  add(waiter: Waiter): void {
    this.#waiters.add(waiter);
    lists.set(this.#key, this);
  }

  /** Takes one out. An empty list is forgotten, so that nothing is kept of memory that is gone. */
  delete(waiter: Waiter): void {
    if (!this.#waiters.delete(waiter) || this.#waiters.size > 0) return;
    if (!this.listening) lists.delete(this.#key);
  }
}
