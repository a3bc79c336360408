/** The end of a process and all that it has started: TERM, time to comply, KILL. */
import { BadOptionError } from "../core/errors.ts";
import type { Deferred } from "../defer/deferred.ts";
import { succeed } from "../defer/fired.ts";
import { Waiters } from "../defer/waiters.ts";
import type { Loop } from "./backend.ts";
import type { DelayedCall } from "./capabilities.ts";
import type { ChildHandle } from "./process-driver.ts";

/**
 * Nobody tells when the last of a group is gone. Short, as its number may be somebody else's soon
 * after, whom no KILL must reach.
 */
const LOOK_SECONDS = 0.02;
/** Who is killed is gone in no time; but where it does not show, that is not waited for. */
const LOOKS_AFTER_KILL = 50;

export class TreeEnd {
  readonly #loop: Loop;
  readonly #handle: ChildHandle;
  readonly #waiters = new Waiters<void>();
  readonly #told: { readonly treeEnding: () => void; readonly treeEnded: () => void };
  #begun = false;
  #killed = false;
  #looksAfterKill = 0;
  #hasExited = false;
  #deadline: DelayedCall | undefined = undefined;
  #look: DelayedCall | undefined = undefined;

  constructor(
    loop: Loop,
    handle: ChildHandle,
    told: { readonly treeEnding: () => void; readonly treeEnded: () => void },
  ) {
    this.#told = told;
    this.#loop = loop;
    this.#handle = handle;
  }

  /** @throws BadOptionError */
  begin(graceSeconds: number): Deferred<void> {
    if (!(graceSeconds >= 0)) {
      throw new BadOptionError(`a grace time is 0 or more seconds, not ${graceSeconds}`);
    }
    if (this.#isOver) return succeed<void>(undefined);
    if (!this.#begun) {
      this.#begun = true;
      this.#told.treeEnding();
      this.#handle.signal("TERM", "group");
      // One that is stopped gets nothing but KILL before it goes on.
      this.#handle.signal("CONT", "group");
      this.#lookAgain();
    }
    this.#killAfter(graceSeconds);
    return this.#waiters.add();
  }

  /** The process itself has exited. */
  exited(): void {
    this.#hasExited = true;
    if (this.#begun) this.#check();
  }

  get #isOver(): boolean {
    if (!this.#hasExited) return false;
    return this.#looksAfterKill > LOOKS_AFTER_KILL || !this.#handle.treeIsAlive();
  }

  #killAfter(graceSeconds: number): void {
    if (graceSeconds === Infinity || this.#killed) return;
    const when = this.#loop.seconds() + graceSeconds;
    if (this.#deadline === undefined) {
      this.#deadline = this.#loop.callLater(graceSeconds, () => this.#kill());
    } else if (this.#deadline.active && when < this.#deadline.getTime()) {
      this.#deadline.reset(graceSeconds);
    }
  }

  #kill(): void {
    this.#killed = true;
    this.#handle.signal("KILL", "group");
    this.#check();
  }

  #lookAgain(): void {
    this.#look = this.#loop.callLater(LOOK_SECONDS, () => {
      if (this.#killed) this.#looksAfterKill++;
      if (!this.#check()) this.#lookAgain();
    });
  }

  /** Whether there is nothing more to wait for. */
  #check(): boolean {
    if (!this.#isOver) return false;
    for (const call of [this.#deadline, this.#look]) if (call?.active === true) call.cancel();
    for (let waiter = this.#waiters.shift(); waiter !== undefined; waiter = this.#waiters.shift()) {
      waiter.callback();
    }
    this.#told.treeEnded();
    return true;
  }
}
