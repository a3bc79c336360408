/**
 * Python's `threading` and `queue`, over memory that threads share. An object is made anywhere, and
 * passed to workers as an argument: they have the same object then. Forms that end in `Sync` block,
 * and are for workers; the others return Deferreds, and never block.
 *
 * ```
 *   Lock, RLock, Semaphore, BoundedSemaphore    acquire, release, run
 *   Condition, Event, Barrier                   wait, and have others go on
 *   Queue, LifoQueue, PriorityQueue             put, get, join
 *   Timer, ThreadLocal                          of one thread
 *         │
 *   signal.ts         waiting for a change: by Deferreds, or asleep
 *   shared-object.ts  crossing to workers; what becomes of what ended threads have left
 * ```
 */
export { threadEnded } from "../core/thread.ts";
export { WouldBlockError } from "../core/would-block-error.ts";
export { Barrier, type BarrierOptions } from "./barrier.ts";
export type { NamedAction } from "./barrier-action.ts";
export { Condition } from "./condition.ts";
export {
  AbandonedLockError,
  BrokenBarrierError,
  ItemTooLargeError,
  QueueEmptyError,
  QueueShutDownError,
  TaskDoneTooOftenError,
} from "./errors.ts";
export { Event } from "./event.ts";
export { Holdable } from "./holdable.ts";
export { Lock } from "./lock.ts";
export { LifoQueue, PriorityQueue, Queue } from "./queue.ts";
export { RLock } from "./r-lock.ts";
export { BoundedSemaphore, Semaphore } from "./semaphore.ts";
export { SharedObject } from "./shared-object.ts";
export { type QueueOptions, SharedQueue } from "./shared-queue.ts";
export { ThreadLocal } from "./thread-local.ts";
export { ThreadLock } from "./thread-lock.ts";
export { Timer } from "./timer.ts";
