import { SkeinError } from "../core/errors.ts";

/** The thread that held a lock has ended: what the lock protects may be half done. */
export class AbandonedLockError extends SkeinError {
  override readonly name = "AbandonedLockError";
  readonly code = "ERR_LOCK_ABANDONED";

  constructor() {
    super(
      "the thread that held the lock has ended: what the lock protects may be half done; " +
        "mend that, and reclaim() the lock",
    );
  }
}

/** A barrier was broken: a party has given up, failed or died, or somebody has called abort(). */
export class BrokenBarrierError extends SkeinError {
  override readonly name = "BrokenBarrierError";
  readonly code = "ERR_BROKEN_BARRIER";

  constructor(message = "the barrier is broken: a party has given up, or somebody has aborted it") {
    super(message);
  }
}

/** An item is larger than all the memory of its queue. */
export class ItemTooLargeError extends SkeinError {
  override readonly name = "ItemTooLargeError";
  readonly code = "ERR_ITEM_TOO_LARGE";
}

/** getNowait() on a queue without items. */
export class QueueEmptyError extends SkeinError {
  override readonly name = "QueueEmptyError";
  readonly code = "ERR_QUEUE_EMPTY";

  constructor() {
    super("the queue is empty");
  }
}

/** The queue was shut down: it takes no more items, and has none left to give. */
export class QueueShutDownError extends SkeinError {
  override readonly name = "QueueShutDownError";
  readonly code = "ERR_QUEUE_SHUT_DOWN";

  constructor() {
    super("the queue was shut down");
  }
}

/** taskDone() was called more often than items were put. */
export class TaskDoneTooOftenError extends SkeinError {
  override readonly name = "TaskDoneTooOftenError";
  readonly code = "ERR_TASK_DONE_TOO_OFTEN";

  constructor() {
    super("taskDone() was called more often than items were put into the queue");
  }
}
