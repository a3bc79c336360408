import type { Deferred } from "../defer/deferred.ts";
import type { SharedMemory } from "./shared-memory.ts";

/** A Deferred that waits for a change. */
export interface Waiter {
  readonly attempt: () => unknown;
  deferred: Deferred<unknown>;
  /** Told when it waits no longer. */
  over: (() => void) | undefined;
  /** Its number in the list. */
  place: number;
}

/** Where the two copies of this module would find each other that a worker may load. */
const KEY = Symbol.for("skein.threading.lists");
type Lists = Map<string, WaitingList>;
const lists: Lists = ((globalThis as { [KEY]?: Lists })[KEY] ??= new Map());

/** The Deferreds of this thread that wait for one signal, whichever of its objects they came by. */
export class WaitingList {
  readonly #key: string;
  // By their numbers. A Set would do, but for finding its first member: that passes over the places
  // of many that have left, each time.
  readonly #waiters = new Map<number, Waiter>();
  #firstPlace = 0;
  #nextPlace = 0;
  /** Whether they are to be served in a microtask. */
  scheduled = false;
  /** Whether they are served when another thread makes a change. */
  listening = false;

  constructor(key: string) {
    this.#key = key;
  }

  /** The one that has waited longest. */
  get first(): Waiter | undefined {
    while (this.#firstPlace < this.#nextPlace) {
      const first = this.#waiters.get(this.#firstPlace);
      if (first !== undefined) return first;
      this.#firstPlace++;
    }
    return undefined;
  }

  add(waiter: Waiter): void {
    waiter.place = this.#nextPlace++;
    this.#waiters.set(waiter.place, waiter);
  }

  /** Takes one out; true if that was the last. */
  delete(waiter: Waiter): boolean {
    return this.#waiters.delete(waiter.place) && this.#waiters.size === 0;
  }

  /** Forgets the list if it is of no use, so that nothing is kept of memory that is gone. */
  drop(): void {
    if (this.#waiters.size === 0 && !this.listening) lists.delete(this.#key);
  }
}

/** The list of those who wait for what a word tells of. */
export function listOf({ id }: SharedMemory, word: number): WaitingList | undefined {
  // Mostly nobody waits for anything.
  return lists.size === 0 ? undefined : lists.get(`${id} ${word}`);
}

/** The same, made if there is none. */
export function makeListOf({ id }: SharedMemory, word: number): WaitingList {
  const key = `${id} ${word}`;
  let list = lists.get(key);
  if (list === undefined) lists.set(key, (list = new WaitingList(key)));
  return list;
}
