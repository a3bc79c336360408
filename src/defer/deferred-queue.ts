import { BadOptionError, SkeinError } from "../core/errors.ts";
import { Fifo } from "../core/fifo.ts";
import { Deferred } from "./deferred.ts";
import { succeed } from "./fired.ts";
import { Waiters } from "./waiters.ts";

/** put() on a queue that holds as many items as it may. */
export class QueueOverflowError extends SkeinError {
  override readonly name = "QueueOverflowError";
  readonly code = "ERR_QUEUE_OVERFLOW";
}

/** get() on a queue for which as many wait as may. */
export class QueueUnderflowError extends SkeinError {
  override readonly name = "QueueUnderflowError";
  readonly code = "ERR_QUEUE_UNDERFLOW";
}

/**
 * A queue between those who put and those who wait to get, in order on both sides.
 *
 * ```ts
 * import { DeferredQueue } from "skein/defer";
 *
 * const queue = new DeferredQueue<string>({ size: 2 });
 * queue.get().addCallback((item) => console.log(`got ${item}`));
 * queue.put("one"); // → got one
 * queue.put("two");
 * queue.put("three");
 * try {
 *   queue.put("four");
 * } catch (error) {
 *   console.log(String(error)); // → QueueOverflowError: 2 items wait already
 * }
 * ```
 */
export class DeferredQueue<T> {
  readonly #size: number;
  readonly #backlog: number;
  readonly #items = new Fifo<T>();
  readonly #waiting = new Waiters<T>();

  /**
   * @param options `size`: how many items may wait to be got; `backlog`: how many may wait to get
   *   one. 100,000 each unless given; Infinity for no limit.
   * @throws BadOptionError unless they are whole numbers of 0 or more.
   */
  constructor(options: { size?: number; backlog?: number } = {}) {
    const { size = 100_000, backlog = 100_000 } = options;
    this.#size = checkLimit(size, "size");
    this.#backlog = checkLimit(backlog, "backlog");
  }

  /** How many items wait to be got. */
  get pending(): number {
    return this.#items.length;
  }

  /** How many wait to get an item. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * Gives the item to who has waited longest, or keeps it. Like callback(), it takes no Deferred:
   * that throws a TypeError.
   *
   * @throws QueueOverflowError
   */
  put(item: T): void {
    if (item instanceof Deferred) throw new TypeError("put() takes an item that is no Deferred");
    const next = this.#waiting.shift();
    if (next !== undefined) {
      next.callback(item);
    } else if (this.#items.length < this.#size) {
      this.#items.push(item);
    } else {
      throw new QueueOverflowError(`${this.#size} items wait already`);
    }
  }

  /**
   * Fires with the next item. Cancelling gives up: no item is lost by it.
   *
   * @throws QueueUnderflowError
   */
  get(): Deferred<T> {
    if (this.#items.length > 0) return succeed(this.#items.shift() as T);
    if (this.#waiting.length >= this.#backlog) {
      throw new QueueUnderflowError(`${this.#backlog} wait for an item already`);
    }
    return this.#waiting.add();
  }
}

function checkLimit(limit: number, name: string): number {
  if (limit === Infinity || (Number.isInteger(limit) && limit >= 0)) return limit;
  throw new BadOptionError(`a queue's ${name} is 0 or more, not ${limit}`);
}
