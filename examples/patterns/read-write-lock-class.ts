import type { Deferred } from "skein/defer";
import { SharedArray } from "skein/multiprocessing";
import { Condition } from "skein/threading";

/** The numbers in the state. */
const READING = 0;
const WRITING = 1;
const WRITERS_WAITING = 2;

/**
 * Many may read at a time, or one write. Who wants to write waits for those who read, and those who
 * come later let it go first, so that it is not kept out for ever.
 *
 * An object made of shared ones crosses to a worker in its parts:
 * `pool.call(work.f, ...lock.parts)`, and there `new ReadWriteLock(condition, state)`.
 */
export class ReadWriteLock {
  readonly parts: [changed: Condition, state: SharedArray];

  constructor(changed = new Condition(), state = new SharedArray("int32", 3)) {
    this.parts = [changed, state];
  }

  /** Calls `f` while others may read, but nobody writes. */
  async read<T>(f: () => T | PromiseLike<T>): Promise<T> {
    const [changed, state] = this.parts;
    await this.#when(
      () => state.get(WRITING) === 0 && state.get(WRITERS_WAITING) === 0,
      () => void state.add(READING, 1),
    );
    try {
      return await f();
    } finally {
      await changed.run(() => {
        if (state.add(READING, -1) === 0) changed.notifyAll();
      });
    }
  }

  /** Calls `f` while nobody else reads or writes. */
  async write<T>(f: () => T | PromiseLike<T>): Promise<T> {
    const [changed, state] = this.parts;
    state.add(WRITERS_WAITING, 1);
    await this.#when(
      () => state.get(WRITING) === 0 && state.get(READING) === 0,
      () => {
        state.add(WRITERS_WAITING, -1);
        state.add(WRITING, 1);
      },
    );
    try {
      return await f();
    } finally {
      await changed.run(() => {
        state.add(WRITING, -1);
        changed.notifyAll();
      });
    }
  }

  /** Waits for what allows it, and then enters, in one step. */
  #when(allowed: () => boolean, enter: () => void): Deferred<void> {
    const [changed] = this.parts;
    return changed.run(() => changed.waitFor(allowed).addCallback(enter));
  }
}
