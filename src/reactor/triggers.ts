/** The triggers around startup and shutdown. */
import { maybeDeferred } from "../defer/maybe-deferred.ts";
import { Deferred } from "../defer/deferred.ts";
import type { Phase, SystemEvent, TriggerId } from "./capabilities.ts";

class Trigger implements TriggerId {
  readonly phase: Phase;
  readonly event: SystemEvent;
  readonly action: () => unknown;

  constructor(phase: Phase, event: SystemEvent, action: () => unknown) {
    this.phase = phase;
    this.event = event;
    this.action = action;
  }
}

export class Triggers {
  readonly #waiting = new Set<TriggerId>();
  readonly #failed: (error: unknown, doing: string) => void;

  /** @param failed told of each trigger that throws, or whose Deferred fails. */
  constructor(failed: (error: unknown, doing: string) => void) {
    this.#failed = failed;
  }

  add(phase: Phase, event: SystemEvent, action: () => unknown): TriggerId {
    const trigger = new Trigger(phase, event, action);
    this.#waiting.add(trigger);
    return trigger;
  }

  remove(id: TriggerId): void {
    this.#waiting.delete(id);
  }

  /**
   * Runs the triggers of one phase, without waiting for one before starting the next; fires when
   * all their Deferreds have fired. Each is spent.
   */
  fire(phase: Phase, event: SystemEvent): Deferred<void> {
    const due = [...this.#waiting].filter((id) => id.phase === phase && id.event === event);
    const done = new Deferred<void>();
    let left = 1;
    const finish = (): void => {
      if (--left === 0) done.callback();
    };
    for (const trigger of due as Trigger[]) {
      if (!this.#waiting.delete(trigger)) continue;
      left++;
      maybeDeferred(trigger.action)
        .addErrback((failure) => this.#failed(failure.value, `running a trigger ${phase} ${event}`))
        .addBoth(finish);
    }
    finish();
    return done;
  }
}
