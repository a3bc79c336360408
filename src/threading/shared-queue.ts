import { BadOptionError, QueueFullError } from "../core/errors.ts";
import { WouldBlockError } from "../core/would-block-error.ts";
import type { Deferred } from "../defer/deferred.ts";
import type { Failure } from "../defer/failure.ts";
import { fail } from "../defer/fired.ts";
import {
  ItemTooLargeError,
  QueueEmptyError,
  QueueShutDownError,
  TaskDoneTooOftenError,
} from "./errors.ts";
import { Mutex, MUTEX_WORDS } from "./mutex.ts";
import { decodeItem, encodeItem } from "./queue-items.ts";
import { LOWEST, type Order, QueueMemory, wordsFor } from "./queue-memory.ts";
import { FIRST_WORD, SharedMemory } from "./shared-memory.ts";
import { SharedObject } from "./shared-object.ts";
import { type Attempt, NOT_YET, Signal, SIGNAL_WORDS } from "./signal.ts";

const MUTEX = FIRST_WORD;
const SIZE_MAX = MUTEX + MUTEX_WORDS;
const SHUT_DOWN = SIZE_MAX + 1;
/** Told when there is an item, when there is room, and when all items are done with. */
const FILLED = SHUT_DOWN + 1;
const TAKEN = FILLED + SIGNAL_WORDS;
const DONE = TAKEN + SIGNAL_WORDS;
/** An even one. */
const ITEMS = DONE + SIGNAL_WORDS + 1;

/** More than this is no limit: there is no memory for so many. */
const MAX_SIZE_MOST = 2 ** 31 - 1;
const BYTES = 2 ** 20;
const BYTES_MAX = 2 ** 30;

export interface QueueOptions {
  /** How many items there may be; as many as there is memory for, unless given. */
  maxSize?: number;
  /** How much memory there is for items, in bytes; 1 MiB unless given. */
  bytes?: number;
}

/** What the queues of threads have in common; `P`: what is said of an item when it is put. */
export abstract class SharedQueue<T, P extends readonly unknown[] = []> extends SharedObject {
  readonly #words: Int32Array;
  readonly #mutex: Mutex;
  readonly #items: QueueMemory;
  readonly #filled: Signal;
  readonly #taken: Signal;
  readonly #done: Signal;
  readonly #ordered: boolean;

  constructor(
    made: QueueOptions | SharedArrayBuffer,
    order: Order,
    revive: { readonly module: string; readonly name: string },
  ) {
    const crossed = made instanceof SharedArrayBuffer ? made : undefined;
    const { maxSize = Infinity, bytes = BYTES } = made as QueueOptions;
    check(maxSize === Infinity || isCount(maxSize), `holds 1 or more items, not ${maxSize}`);
    check(isCount(bytes) && bytes <= BYTES_MAX, `has 1 byte to 1 GiB of memory, not ${bytes}`);
    const memory = new SharedMemory(crossed ?? ITEMS + wordsFor(bytes, order));
    const { words } = memory;
    const mutex = new Mutex(memory, MUTEX);
    const signals = [FILLED, TAKEN, DONE].map((word) => new Signal(memory, word));
    const items = new QueueMemory(words, ITEMS, crossed ? undefined : { bytes, order });
    super(memory, {
      ...revive,
      data: () => memory.cross(),
      signals: [mutex.left, ...signals],
      mend(thread) {
        if (!mutex.takeOver(thread)) return;
        items.repair();
        mutex.leave();
      },
    });
    if (crossed === undefined) words[SIZE_MAX] = maxSize > MAX_SIZE_MOST ? 0 : maxSize;
    this.#words = words;
    this.#mutex = mutex;
    this.#items = items;
    [this.#filled, this.#taken, this.#done] = signals as [Signal, Signal, Signal];
    this.#ordered = order === LOWEST;
  }

  // --- looking ---

  /** How many items there are. */
  get qsize(): number {
    return this.#items.size;
  }

  get empty(): boolean {
    return this.qsize === 0;
  }

  /** Whether there are `maxSize` items. There may be no memory for another before that. */
  get full(): boolean {
    return this.qsize >= this.maxSize;
  }

  /** How many items there may be; Infinity if nothing but memory limits them. */
  get maxSize(): number {
    const most = this.#words[SIZE_MAX] as number;
    return most === 0 ? Infinity : most;
  }

  get isShutDown(): boolean {
    return Atomics.load(this.#words, SHUT_DOWN) === 1;
  }

  // --- putting ---

  /**
   * Fires when the item is in the queue: at once if there is room. It is copied when this is
   * called. Cancelling takes one back that waits.
   *
   * Fails with CannotCrossError, ItemTooLargeError, QueueShutDownError.
   */
  put(item: T, ...about: P): Deferred<void> {
    try {
      return this.#taken.when(this.#putting(item, about[0], this.#later));
    } catch (error) {
      return fail(error);
    }
  }

  /** The same, blocking, for workers. @throws TimeoutError, WouldBlockError, as put() fails */
  putSync(item: T, ...about: [...about: P, seconds?: number]): void {
    const seconds = about[this.#ordered ? 1 : 0] as number | undefined;
    const attempt = this.#putting(item, about[0], stalled);
    this.#taken.wait(attempt, seconds, "putSync()", "put()");
  }

  /** Puts an item if there is room. @throws QueueFullError, as put() fails */
  putNowait(item: T, ...about: P): void {
    if (this.#putting(item, about[0], stalled)() === NOT_YET) {
      throw new QueueFullError(`the queue is full: it holds ${this.qsize} items`);
    }
  }

  // --- getting ---

  /**
   * Fires with the next item: at once if there is one. Those who wait in one thread get theirs in
   * the order in which they came; among threads, whoever is first has it. Cancelling gives up, and
   * loses nothing.
   *
   * Fails with QueueShutDownError when there is no item, and will be none.
   */
  get(): Deferred<T> {
    return this.#filled.when(this.#getting(this.#later));
  }

  /** The same, blocking, for workers. @throws TimeoutError, WouldBlockError, QueueShutDownError */
  getSync(seconds?: number): T {
    return this.#filled.wait(this.#getting(stalled), seconds, "getSync()", "get()");
  }

  /** Gets an item if there is one. @throws QueueEmptyError, QueueShutDownError */
  getNowait(): T {
    const item = this.#getting(stalled)();
    if (item === NOT_YET) throw new QueueEmptyError();
    return item;
  }

  /**
   * Gets one item after another, until the queue is shut down and has no more: `for await` in the
   * reactor's thread, and wherever others are to run meanwhile.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      const item = await this.get().addErrback(noMore);
      if (item === NO_MORE) return;
      yield item;
    }
  }

  /** The same, blocking, for workers. @throws WouldBlockError */
  *[Symbol.iterator](): Generator<T, void, undefined> {
    for (;;) {
      let item: T;
      try {
        item = this.getSync();
      } catch (error) {
        if (error instanceof QueueShutDownError) return;
        throw error;
      }
      yield item;
    }
  }

  // --- being done ---

  /**
   * To be called once for each item that was got, when it is done with.
   *
   * @throws TaskDoneTooOftenError
   */
  taskDone(): void {
    this.#inside(stalled, () => {
      const { unfinished } = this.#items;
      if (unfinished === 0) throw new TaskDoneTooOftenError();
      this.#items.unfinished = unfinished - 1;
    });
    this.#done.fire();
  }

  /** Fires when all items are done with that were put: at once if they are. */
  join(): Deferred<void> {
    return this.#done.when(this.#joining);
  }

  /** The same, blocking, for workers. @throws TimeoutError, WouldBlockError */
  joinSync(seconds?: number): void {
    this.#done.wait(this.#joining, seconds, "joinSync()", "join()");
  }

  /**
   * Takes no more items, from now on; those there are can still be got. Who waits to put, or to get
   * what will not come, fails with QueueShutDownError.
   *
   * @param immediate drops the items there are, as if they were done with.
   */
  shutdown(immediate: boolean = false): void {
    Atomics.store(this.#words, SHUT_DOWN, 1);
    try {
      if (!immediate) return;
      this.#inside(stalled, () => {
        const { unfinished } = this.#items;
        this.#items.unfinished = Math.max(0, unfinished - this.#items.clear());
      });
    } finally {
      for (const signal of [this.#filled, this.#taken, this.#done]) signal.fire();
    }
  }

  // --- attempts ---

  #putting(item: T, about: unknown, otherwise: Stalled): Attempt<void> {
    const priority = this.#ordered ? about : 0;
    if (typeof priority !== "number" || Number.isNaN(priority)) {
      throw new BadOptionError(`the priority of an item is a number, not ${String(priority)}`);
    }
    const bytes = encodeItem(item);
    const items = this.#items;
    if (bytes.length > items.bytesMax) {
      throw new ItemTooLargeError(
        `an item takes ${bytes.length} bytes, and the queue has memory for ${items.bytesMax}: ` +
          "give it more, by its option `bytes`",
      );
    }
    const attempt = (): typeof NOT_YET | undefined => {
      if (this.isShutDown) throw new QueueShutDownError();
      return !this.full && items.add(bytes, priority) ? undefined : NOT_YET;
    };
    return () => {
      const outcome = this.#inside(otherwise, attempt);
      if (outcome !== NOT_YET) this.#filled.fire();
      return outcome;
    };
  }

  #getting(otherwise: Stalled): Attempt<T> {
    const take = (): Uint8Array | typeof NOT_YET => {
      if (!this.empty) return this.#items.take();
      if (this.isShutDown) throw new QueueShutDownError();
      return NOT_YET;
    };
    return () => {
      if (this.empty && !this.isShutDown) return NOT_YET;
      const bytes = this.#inside(otherwise, take);
      if (bytes === NOT_YET) return NOT_YET;
      this.#taken.fire();
      return decodeItem(bytes) as T;
    };
  }

  readonly #joining: Attempt<void> = () => (this.#items.unfinished === 0 ? undefined : NOT_YET);

  /** Calls `f` while nobody else changes the queue. */
  #inside<R>(otherwise: Stalled, f: () => R): R | typeof NOT_YET {
    if (!this.#mutex.enter()) return otherwise();
    try {
      return f();
    } finally {
      this.#mutex.leave();
    }
  }

  /** Has Deferreds try again when a thread has left that was ended in the middle of something. */
  readonly #later: Stalled = () => {
    const mutex = this.#mutex;
    void mutex.left
      .when(() => (mutex.free ? undefined : NOT_YET))
      .addCallback(() => {
        this.#filled.serveSoon();
        this.#taken.serveSoon();
      });
    return NOT_YET;
  };
}

const NO_MORE = Symbol("no more items");

function noMore(failure: Failure): typeof NO_MORE {
  failure.trap(QueueShutDownError);
  return NO_MORE;
}

/** What is done when another thread is inside, and does not get on. */
type Stalled = () => typeof NOT_YET;

function stalled(): never {
  throw new WouldBlockError(
    "a thread that has the queue does not get on, and the reactor's thread must not wait for it: " +
      "use get() and put(), or try later",
  );
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1;
}

function check(good: boolean, message: string): void {
  if (!good) throw new BadOptionError(`a queue ${message}`);
}
