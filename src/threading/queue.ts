import { FIRST_IN, LAST_IN, LOWEST } from "./queue-memory.ts";
import { type QueueOptions, SharedQueue } from "./shared-queue.ts";

const module = import.meta.url;

/**
 * A queue between threads: items are got in the order in which they were put. Pass it to workers as
 * an argument, and it is the same queue there. Items are copied, as by structured cloning.
 *
 * ```ts
 * import { Queue } from "skein/threading";
 *
 * const queue = new Queue<string>({ maxSize: 2 });
 * queue.get().addCallback((item) => console.log("got", item));
 * queue.putNowait("a");
 * queue.putNowait("b");
 * try {
 *   queue.putNowait("c");
 * } catch (error) {
 *   console.log(String(error)); // → QueueFullError: the queue is full: it holds 2 items
 * }
 * await Promise.resolve(); // → got a
 * queue.shutdown();
 * console.log(queue.getNowait()); // → b
 * queue.get().addErrback((failure) => console.log(failure.message));
 * // → QueueShutDownError: the queue was shut down
 * ```
 */
export class Queue<T> extends SharedQueue<T> {
  /** @throws BadOptionError */
  constructor(options: QueueOptions | SharedArrayBuffer = {}) {
    super(options, FIRST_IN, { module, name: "reviveQueue" });
  }
}

/** A queue whose last item is got first. */
export class LifoQueue<T> extends SharedQueue<T> {
  /** @throws BadOptionError */
  constructor(options: QueueOptions | SharedArrayBuffer = {}) {
    super(options, LAST_IN, { module, name: "reviveLifoQueue" });
  }
}

/**
 * A queue whose items have priorities: the smallest is got first, and of equal ones that which was
 * put first.
 *
 * ```ts
 * import { PriorityQueue } from "skein/threading";
 *
 * const queue = new PriorityQueue<string>();
 * queue.putNowait("later", 5);
 * queue.putNowait("now", -1);
 * console.log(queue.getNowait(), queue.getNowait()); // → now later
 * ```
 */
export class PriorityQueue<T> extends SharedQueue<T, [priority: number]> {
  /** @throws BadOptionError */
  constructor(options: QueueOptions | SharedArrayBuffer = {}) {
    super(options, LOWEST, { module, name: "revivePriorityQueue" });
  }
}

export const reviveQueue = (crossed: SharedArrayBuffer): Queue<unknown> => new Queue(crossed);
export const reviveLifoQueue = (crossed: SharedArrayBuffer): LifoQueue<unknown> =>
  new LifoQueue(crossed);
export const revivePriorityQueue = (crossed: SharedArrayBuffer): PriorityQueue<unknown> =>
  new PriorityQueue(crossed);
