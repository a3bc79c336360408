/** Errors of a Cooperator and its tasks, and of react(). */
import { BadOptionError, SkeinError } from "../core/errors.ts";

/** The Cooperator was stopped before the task had come to its end. */
export class SchedulerStoppedError extends SkeinError {
  override readonly name = "SchedulerStoppedError";
  readonly code = "ERR_SCHEDULER_STOPPED";

  constructor() {
    super("the cooperator was stopped before this task had ended");
  }
}

/** `pause` or `stop` on a task that has come to its end. */
export class TaskDoneError extends SkeinError {
  override readonly name = "TaskDoneError";
  readonly code = "ERR_TASK_DONE";

  constructor() {
    super("this task has come to its end");
  }
}

/** The task was stopped: what waits for it gets this, and `pause` and `stop` throw it. */
export class TaskStoppedError extends SkeinError {
  override readonly name = "TaskStoppedError";
  readonly code = "ERR_TASK_STOPPED";

  constructor() {
    super("this task was stopped");
  }
}

/** `pause` or `stop` on a task that has failed; `cause` is the error that it failed with. */
export class TaskFailedError extends SkeinError {
  override readonly name = "TaskFailedError";
  readonly code = "ERR_TASK_FAILED";

  constructor(cause: unknown) {
    super("this task has failed", { cause });
  }
}

/** `resume` on a task that was not paused, or was resumed already. */
export class NotPausedError extends SkeinError {
  override readonly name = "NotPausedError";
  readonly code = "ERR_NOT_PAUSED";

  constructor() {
    super("this task is not paused");
  }
}

/** Thrown in the main function of `react`, it chooses the exit status, and is not reported. */
export class ExitError extends SkeinError {
  override readonly name = "ExitError";
  readonly code = "ERR_EXIT";
  readonly status: number;

  /** @throws BadOptionError for what is no exit status: they are whole numbers from 0 to 255. */
  constructor(status: number) {
    if (!(Number.isInteger(status) && status >= 0 && status <= 255)) {
      throw new BadOptionError(`an exit status is a whole number from 0 to 255, not ${status}`);
    }
    super(`the program ends with status ${status}`);
    this.status = status;
  }
}
