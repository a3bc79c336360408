/**
 * Waiting for a change of shared memory, by sleeping or by Deferreds. It says that there was a
 * change, and no more: those who wait look by themselves, and whoever is first has it. So nothing
 * is lost with a waiter that gives up, or whose thread ends.
 *
 * ```
 *   fire() ──┬── threads that sleep look again
 *            ├── other threads, by Atomics.waitAsync: those of their Deferreds that wait, in order
 *            └── Deferreds of this thread, in order, in a microtask
 * ```
 */
import { BadOptionError } from "../core/errors.ts";
import { WouldBlockError } from "../core/would-block-error.ts";
import { Deferred } from "../defer/deferred.ts";
import { TimeoutError } from "../defer/errors.ts";
import { fail, succeed } from "../defer/fired.ts";
import type { SharedMemory } from "./shared-memory.ts";
import { deadlineIn, nap, notified, sleep } from "./sleep.ts";
import { listOf, makeListOf, type Waiter, type WaitingList } from "./waiting-list.ts";

/** How many words of memory one takes. */
export const SIGNAL_WORDS = 2;

/** Of five milliseconds each. */
const NAPS = 20;

/**
 * What an attempt gives that has to be made again after a change. It is registered, as a thread may
 * have two copies of this module, of which one serves those who wait by the other.
 */
export const NOT_YET: unique symbol = Symbol.for("skein.threading.notYet");

/**
 * Looks whether what is waited for is there, and takes it if so. It is called again after each
 * change; what it throws is told to who waits.
 */
export type Attempt<T> = () => T | typeof NOT_YET;

export class Signal {
  readonly #memory: SharedMemory;
  readonly #words: Int32Array;
  /** The word that changes with each change that somebody waits for. */
  readonly #count: number;
  /** The word that says whether somebody waits. */
  readonly #awaited: number;

  constructor(memory: SharedMemory, firstWord: number) {
    this.#memory = memory;
    this.#words = memory.words;
    this.#count = firstWord;
    this.#awaited = firstWord + 1;
  }

  /** There was a change. Nothing of others runs in here. */
  fire(): void {
    // Who waits says so, and looks once more before it sleeps.
    if (Atomics.load(this.#words, this.#awaited) === 0) return;
    Atomics.store(this.#words, this.#awaited, 0);
    Atomics.add(this.#words, this.#count, 1);
    Atomics.notify(this.#words, this.#count);
    this.serveSoon();
  }

  /** Has the Deferreds of this thread look again, as if there had been a change. */
  serveSoon(): void {
    const list = listOf(this.#memory, this.#count);
    if (list === undefined || list.scheduled) return;
    list.scheduled = true;
    queueMicrotask(() => {
      list.scheduled = false;
      this.#serve(list);
    });
  }

  /**
   * Fires when the attempt has succeeded: at once if it does now. Those of one thread are served in
   * order; cancelling takes one out.
   */
  when<T>(attempt: Attempt<T>): Deferred<T> {
    const first = listOf(this.#memory, this.#count)?.first === undefined;
    if (first) {
      try {
        const value = attempt();
        if (value !== NOT_YET) return succeed(value);
      } catch (error) {
        return fail(error);
      }
    }
    const list = makeListOf(this.#memory, this.#count);
    const waiter: Waiter = { attempt, deferred: undefined as never, over: undefined, place: 0 };
    const deferred = new Deferred<T>(() => {
      waiter.over?.();
      if (list.delete(waiter)) this.#emptied(list);
      // The one behind it may have better luck.
      else this.serveSoon();
    });
    waiter.deferred = deferred;
    waiter.over = this.#memory.waits();
    list.add(waiter);
    if (first) this.#serve(list);
    return deferred;
  }

  /**
   * Sleeps until the attempt has succeeded, and gives what it gives. One that succeeds at once
   * needs no sleep.
   *
   * @param what names it: "acquireSync()"; `instead`: the form that does not block: "acquire()".
   * @param seconds no limit unless given.
   * @throws WouldBlockError in a thread that must not sleep
   * @throws TimeoutError
   */
  wait<T>(attempt: Attempt<T>, seconds: number | undefined, what: string, instead: string): T {
    if (seconds !== undefined && !(seconds >= 0)) {
      throw new BadOptionError(`${what} can wait for 0 or more seconds, not ${seconds}`);
    }
    const value = attempt();
    if (value !== NOT_YET) return value;
    const late = (): TimeoutError => new TimeoutError(`${what} has waited for ${seconds} seconds`);
    if (seconds === 0) throw late();
    this.assertMaySleep(what, instead);
    const words = this.#words;
    const until = deadlineIn(seconds);
    for (;;) {
      const seen = this.#look();
      const found = attempt();
      if (found !== NOT_YET) return found;
      if (!sleep(words, this.#count, seen, until)) throw late();
    }
  }

  /** Naps until the attempt has succeeded, for a tenth of a second at the most, in any thread. */
  waitShortly<T>(attempt: Attempt<T>): T | typeof NOT_YET {
    for (let naps = 0; naps < NAPS; naps++) {
      const seen = this.#look();
      const found = attempt();
      if (found !== NOT_YET) return found;
      nap(this.#words, this.#count, seen);
    }
    return NOT_YET;
  }

  /** @throws WouldBlockError in a thread that must not sleep. */
  assertMaySleep(what: string, instead: string): void {
    if (this.#memory.maySleep) return;
    throw new WouldBlockError(
      `${what} would have to wait, and the reactor's thread must not: use ${instead}`,
    );
  }

  /** Before looking: a change from now on is told of. */
  #look(): number {
    const seen = Atomics.load(this.#words, this.#count);
    Atomics.store(this.#words, this.#awaited, 1);
    return seen;
  }

  #serve(list: WaitingList): void {
    // What is fired by a Deferred that is served has this called again, later.
    for (let waiter = list.first; waiter !== undefined; waiter = list.first) {
      const seen = this.#look();
      let value: unknown;
      let failed = false;
      try {
        value = waiter.attempt();
      } catch (error) {
        failed = true;
        value = error;
      }
      if (value === NOT_YET) {
        if (!this.#memory.crossed || this.#listen(list, seen)) return;
        continue;
      }
      if (list.delete(waiter)) this.#emptied(list);
      waiter.over?.();
      if (failed) waiter.deferred.errback(value);
      else waiter.deferred.callback(value);
    }
  }

  /** Has other threads wake this one; false if there has been a change already. */
  #listen(list: WaitingList, seen: number): boolean {
    if (list.listening) return true;
    const change = notified(this.#words, this.#count, seen);
    if (change === undefined) return false;
    list.listening = true;
    void change.then(() => {
      list.listening = false;
      if (list.first === undefined) list.drop();
      else this.#serve(list);
    });
    return true;
  }

  /** Nobody of this thread waits any more. */
  #emptied(list: WaitingList): void {
    // Those who wait elsewhere look in vain for once; what listens for nobody would be kept.
    if (list.listening) Atomics.notify(this.#words, this.#count);
    list.drop();
  }
}
