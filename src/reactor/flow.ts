/** Who waits for a consumer to take more: its producer, and those who asked whenDrained(). */
import type { Deferred } from "../defer/deferred.ts";
import type { Failure } from "../defer/failure.ts";
import { succeed } from "../defer/fired.ts";
import { Waiters } from "../defer/waiters.ts";
import { ProducerRegisteredError } from "./errors.ts";
import type { PullProducer, PushProducer } from "./producer.ts";

type Producing =
  | { readonly streaming: true; readonly producer: PushProducer; paused: boolean }
  | { readonly streaming: false; readonly producer: PullProducer };

export class Flow {
  readonly #failed: (error: unknown, method: string) => void;
  readonly #waiters = new Waiters<void>();
  #producing: Producing | undefined = undefined;
  #behind = false;

  /** @param failed told of what a producer's `method` has thrown. */
  constructor(failed: (error: unknown, method: string) => void) {
    this.#failed = failed;
  }

  /** Whether there is a pull producer, to be asked for more. */
  get pulls(): boolean {
    return this.#producing?.streaming === false;
  }

  /** @throws ProducerRegisteredError */
  register(producer: PullProducer | PushProducer, streaming: boolean): void {
    if (this.#producing !== undefined) throw new ProducerRegisteredError();
    this.#producing = streaming
      ? { streaming, producer: producer as PushProducer, paused: false }
      : { streaming, producer };
    this.#resume();
  }

  unregister(): void {
    this.#producing = undefined;
  }

  /** Too much waits to be taken. */
  fellBehind(): void {
    this.#behind = true;
    this.pause();
  }

  /** A push producer is to write no more for the present. */
  pause(): void {
    const producing = this.#producing;
    if (producing?.streaming !== true || producing.paused) return;
    producing.paused = true;
    this.#call("pauseProducing", () => producing.producer.pauseProducing());
  }

  /** So little waits that more may be written. What that is may be too much again. */
  caughtUp(): void {
    this.#behind = false;
    for (let left = this.#waiters.length; left > 0 && !this.#behind; left--) {
      this.#waiters.shift()?.callback();
    }
    if (!this.#behind) this.#resume();
  }

  whenCaughtUp(): Deferred<void> {
    return this.#behind ? this.#waiters.add() : succeed<void>(undefined);
  }

  /** Nothing can be written any more: waits for {@link end}. */
  whenEnded(): Deferred<void> {
    return this.#waiters.add();
  }

  /** The consumer has ended. */
  end(reason: Failure): void {
    const producing = this.#producing;
    this.#producing = undefined;
    if (producing !== undefined) {
      this.#call("stopProducing", () => producing.producer.stopProducing());
    }
    for (let waiter = this.#waiters.shift(); waiter !== undefined; waiter = this.#waiters.shift()) {
      waiter.errback(reason);
    }
  }

  #resume(): void {
    const producing = this.#producing;
    if (producing === undefined) return;
    if (producing.streaming) {
      if (!producing.paused) return;
      // Before the call: what is written in it may have to pause it again.
      producing.paused = false;
    }
    this.#call("resumeProducing", () => producing.producer.resumeProducing());
  }

  #call(method: string, call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#failed(error, method);
    }
  }
}
