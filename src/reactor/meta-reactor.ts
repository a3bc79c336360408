/**
 * Several reactors, started and stopped as one.
 *
 * For a program with more than one loop: backends side by side, such as `libuv` and one of your
 * own; or the daemons of a simulated system, each on a reactor of one `ClockWorld`. Daemons that
 * share a backend, and are not to be stopped apart, need only one reactor.
 *
 * ```ts
 * import { createReactor, MetaReactor } from "skein/reactor";
 *
 * const [storage, server] = [createReactor("timer"), createReactor("libuv")];
 * const both = new MetaReactor([storage, server]);
 * for (const reactor of [storage, server]) {
 *   reactor.callWhenRunning(() => console.log(`${reactor.backend} runs`));
 *   reactor.addSystemEventTrigger("after", "shutdown", () => {
 *     console.log(`${reactor.backend} has stopped`);
 *   });
 * }
 * server.callLater(0.01, () => both.stop());
 * await both.run();
 * // → timer runs
 * // → libuv runs
 * // → libuv has stopped
 * // → timer has stopped
 * ```
 */
import { Deferred } from "../defer/deferred.ts";
import { Failure } from "../defer/failure.ts";
import type { ReactorCore } from "./capabilities.ts";
import { ReactorAlreadyRunningError, ReactorNotRunningError } from "./errors.ts";

export class MetaReactor {
  /** In the order in which they are started; they are stopped in the opposite one. */
  readonly members: readonly ReactorCore[];
  /** Those that were started and have not ended. */
  readonly #live = new Set<ReactorCore>();
  #done: Deferred<void> | undefined = undefined;
  #stopping = false;
  #failure: Failure | undefined = undefined;

  constructor(members: Iterable<ReactorCore>) {
    this.members = [...members];
  }

  /** Whether all members run. */
  get running(): boolean {
    return this.members.length > 0 && this.members.every(({ running }) => running);
  }

  /**
   * Runs the members, each when the one before it has started. Fires when all have ended; then it
   * can be run again. A member that ends by itself ends the rest, in order; if one fails, this
   * fails with the first member's error, once all others have been stopped.
   *
   * @throws ReactorAlreadyRunningError
   */
  run(): Deferred<void> {
    if (this.#done !== undefined) throw new ReactorAlreadyRunningError();
    const done = (this.#done = new Deferred<void>());
    this.#stopping = false;
    this.#failure = undefined;
    this.#startFrom(0, done);
    return done;
  }

  /**
   * Stops the members: the last first, each when the one after it has stopped. Members that were
   * not yet started stay so.
   *
   * @throws ReactorNotRunningError when they are not running, or are being stopped already.
   */
  stop(): void {
    if (this.#done === undefined || this.#stopping) throw new ReactorNotRunningError();
    this.#stopNext();
  }

  #startFrom(index: number, run: Deferred<void>): void {
    const member = this.members[index];
    // One that crashed while it started tells only in its next run that it has started.
    if (this.#stopping || this.#done !== run) return;
    if (member === undefined) {
      // Without members there is nothing to wait for.
      if (index === 0) this.#stopNext();
      return;
    }
    this.#live.add(member);
    try {
      member.run().addBoth((result) => this.#ended(member, result));
    } catch (error) {
      this.#ended(member, Failure.from(error));
      return;
    }
    member.callWhenRunning(() => this.#startFrom(index + 1, run));
  }

  #ended(member: ReactorCore, result: unknown): void {
    this.#live.delete(member);
    if (result instanceof Failure) this.#failure ??= result;
    this.#stopNext();
  }

  /** Stops the last of those that live, whose end then calls this again. */
  #stopNext(): void {
    this.#stopping = true;
    const last = [...this.#live].at(-1);
    if (last !== undefined) {
      stopUnlessStopping(last);
      return;
    }
    const done = this.#done;
    this.#done = undefined;
    if (this.#failure === undefined) done?.callback();
    else done?.errback(this.#failure);
  }
}

function stopUnlessStopping(member: ReactorCore): void {
  try {
    member.stop();
  } catch (error) {
    if (!(error instanceof ReactorNotRunningError)) throw error;
  }
}
