import type { Deferred } from "../defer/deferred.ts";
import { NotAcquiredError } from "../defer/acquirable.ts";
import { AbandonedLockError } from "./errors.ts";
import { Holdable } from "./holdable.ts";
import { FIRST_WORD, SharedMemory } from "./shared-memory.ts";
import { NOT_YET, Signal, SIGNAL_WORDS } from "./signal.ts";

/** The thread that holds it; 0 when it is free. */
const OWNER = FIRST_WORD;
/** How often it has been acquired by that, beyond the first time. */
const DEPTH = FIRST_WORD + 1;
const FREED = FIRST_WORD + 2;
/** An even one. */
export const LOCK_WORDS: number = FREED + SIGNAL_WORDS;

const FREE = 0;
const ABANDONED = -1;

/** What Lock and RLock have in common: one holder, that is known. */
export abstract class ThreadLock extends Holdable {
  /** Whether its holder may acquire it again. @internal */
  readonly again: boolean;
  readonly #words: Int32Array;
  readonly #thread: number;
  readonly #freed: Signal;
  /** Acquires it as often as it was, for a Condition: see {@link letGo}. */
  readonly #attempt: () => typeof NOT_YET | void;

  /** What it is in. */
  protected readonly memory: SharedMemory;

  /** @param words how many words of memory are to follow, for a class that protects those. */
  constructor(
    crossed: SharedArrayBuffer | undefined,
    revive: { readonly module: string; readonly name: string },
    again: boolean,
    words: number = 0,
  ) {
    const memory = new SharedMemory(crossed ?? LOCK_WORDS + words);
    const { words: shared, thread } = memory;
    const freed = new Signal(memory, FREED);
    const attempt = (): typeof NOT_YET | void => {
      const owner = Atomics.compareExchange(shared, OWNER, FREE, thread);
      if (owner === FREE) return undefined;
      if (owner === ABANDONED) throw new AbandonedLockError();
      if (!again || owner !== thread) return NOT_YET;
      Atomics.add(shared, DEPTH, 1);
      return undefined;
    };
    const mend = (ended: number): void => {
      Atomics.compareExchange(shared, OWNER, ended, ABANDONED);
    };
    super(memory, { ...revive, data: () => memory.cross(), mend }, freed, attempt);
    this.again = again;
    this.#words = shared;
    this.memory = memory;
    this.#thread = thread;
    this.#freed = freed;
    this.#attempt = attempt;
  }

  /** Whether somebody holds it. */
  get locked(): boolean {
    return Atomics.load(this.#words, OWNER) !== FREE;
  }

  /** Whether its holder has ended: everybody gets an AbandonedLockError, until it is reclaimed. */
  get abandoned(): boolean {
    return Atomics.load(this.#words, OWNER) === ABANDONED;
  }

  /**
   * Makes a lock free again that was abandoned, once what it protects is in order. It does nothing
   * to one that was not.
   */
  reclaim(): void {
    if (!this.abandoned) return;
    Atomics.store(this.#words, DEPTH, 0);
    if (Atomics.compareExchange(this.#words, OWNER, ABANDONED, FREE) === ABANDONED) {
      this.#freed.fire();
    }
  }

  /** Whether the thread holds it that this is called in. */
  protected get ownedHere(): boolean {
    return Atomics.load(this.#words, OWNER) === this.#thread;
  }

  /** Whether its holder is somebody of whom this object may be. @internal */
  abstract get heldForCaller(): boolean;

  release(): void {
    const words = this.#words;
    if (this.abandoned) throw new AbandonedLockError();
    if (!this.heldForCaller) {
      throw new NotAcquiredError("release() of a lock that is not held, or by another thread");
    }
    if (Atomics.load(words, DEPTH) > 0) Atomics.sub(words, DEPTH, 1);
    else this.#free();
  }

  /** For a Condition: releases it altogether; returns what {@link takeAgain} is to be given. */
  letGo(): number {
    const depth = Atomics.exchange(this.#words, DEPTH, 0);
    this.#free();
    return depth;
  }

  /** Acquires it as it was. @internal */
  takeAgain(depth: number): Deferred<void> {
    return this.#freed.when(this.#attempt).addCallback(() => this.#deepen(depth));
  }

  /** The same, blocking. @internal */
  takeAgainSync(depth: number): void {
    this.#freed.wait(this.#attempt, undefined, "waitSync()", "wait()");
    this.#deepen(depth);
  }

  #deepen(depth: number): void {
    Atomics.add(this.#words, DEPTH, depth);
  }

  #free(): void {
    Atomics.store(this.#words, OWNER, FREE);
    this.#freed.fire();
  }
}
