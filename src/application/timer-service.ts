import type { Deferred } from "../defer/deferred.ts";
import type { Failure } from "../defer/failure.ts";
import { fail } from "../defer/fired.ts";
import { LoopingCall } from "../task/looping-call.ts";
import { Service, type ServiceOptions } from "./service.ts";

/**
 * Calls a function at fixed times while it runs, as {@link LoopingCall} does: when it is started,
 * then every `intervalSeconds`.
 *
 * ```ts
 * import { createReactor, TimerService } from "skein";
 *
 * const reactor = createReactor("clock");
 * const beat = new TimerService(30, () => console.log("beat"), { clock: reactor });
 * await beat.startService(); // → beat
 * await reactor.advance(30); // → beat
 * await beat.stopService();
 * await reactor.advance(30);
 * ```
 *
 * When the first call throws, the start fails. A later failure ends the calls: it is reported, and
 * said to those who observe the service, which goes on running without them until it is stopped.
 * The stop waits for a call whose Deferred has not fired; at its deadline that is cancelled.
 */
export class TimerService extends Service {
  readonly #interval: number;
  readonly #f: () => unknown;
  #call: LoopingCall | undefined = undefined;
  #ended: Deferred<unknown> | undefined = undefined;

  constructor(intervalSeconds: number, f: () => unknown, options?: ServiceOptions) {
    super(options);
    this.#interval = intervalSeconds;
    this.#f = f;
  }

  protected override start(): Failure | undefined {
    const call = (this.#call = new LoopingCall(this.requireClock("it is a timer"), this.#f));
    let failedAtOnce: Failure | undefined;
    let started = false;
    this.#ended = call.start(this.#interval).addErrback((failure) => {
      if (!started) {
        failedAtOnce = failure;
        return undefined;
      }
      // The stop that has cancelled the call under way says so itself.
      if (this.state !== "running") return failure;
      this.note(`its call has failed: ${failure.message}`);
      fail(failure);
      return undefined;
    });
    started = true;
    return failedAtOnce;
  }

  protected override stop(): unknown {
    if (this.#call?.running === true) this.#call.stop();
    return this.#ended;
  }

  protected override describe(): string {
    return `every ${this.#interval} s`;
  }
}
