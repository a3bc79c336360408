import type { Deferred } from "../../defer/deferred.ts";

/** Why a connection is not read, and when it is again. */
export class Reading {
  readonly #mostUnanswered: number;
  readonly #pause: () => void;
  readonly #resume: () => void;
  /** The protocol's user has paused it. */
  #byUser = false;
  /** Too many questions wait for this side's answer; and how many do. */
  #crowded = false;
  #unanswered = 0;
  /** The peer does not take the answers. */
  #clogged = false;
  /** The connection has ended, or is another's. */
  #stopped = false;

  constructor(mostUnanswered: number, pause: () => void, resume: () => void) {
    this.#mostUnanswered = mostUnanswered;
    this.#pause = pause;
    this.#resume = resume;
  }

  byUser(paused: boolean): void {
    this.#byUser = paused;
    this.#update();
  }

  /** The peer does not take what it is sent: until it has. */
  waitFor(drained: () => Deferred<void>): void {
    if (this.#clogged || this.#stopped) return;
    this.#clogged = true;
    this.#update();
    const goOn = (): void => {
      this.#clogged = false;
      this.#update();
    };
    drained().addCallbacks(goOn, goOn);
  }

  /** A question will be answered later. */
  begun(): void {
    if (++this.#unanswered < this.#mostUnanswered || this.#crowded) return;
    this.#crowded = true;
    this.#update();
  }

  /** It was. Half of them are to be done before more are read: pausing has its price. */
  done(): void {
    if (--this.#unanswered > this.#mostUnanswered / 2 || !this.#crowded) return;
    this.#crowded = false;
    this.#update();
  }

  /** There is nothing to read any more. */
  stop(): void {
    this.#stopped = true;
  }

  #update(): void {
    if (this.#stopped) return;
    if (this.#byUser || this.#crowded || this.#clogged) this.#pause();
    else this.#resume();
  }
}
