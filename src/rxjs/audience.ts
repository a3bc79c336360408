/** Who hears what arrives on a connection, and when it is to be read. */
import type { Failure } from "../defer/failure.ts";
import { ConnectionDoneError } from "../reactor/errors.ts";
import { makeObservable, type ObservableClass, type SubscriberLike } from "./observable-like.ts";

/** What has it read, and no longer. */
interface Reading {
  pause(): void;
  resume(): void;
}

/**
 * Reading goes on while the connection is there, somebody listens, and nobody has paused it: so
 * that nothing is lost that nobody would hear, and no more is taken in than is taken up.
 */
export class Audience<T> {
  readonly #reading: Reading;
  readonly #subscribers = new Set<SubscriberLike<T>>();
  #connected = false;
  #paused = false;
  #reads = true;
  /** Why it has ended; undefined for a clean end. */
  #end: { readonly error: unknown } | "clean" | undefined = undefined;

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  /** An Observable of what arrives from its subscription on. */
  observable<O>(observableClass: ObservableClass<T, O>): O {
    return makeObservable<T, O>(observableClass, (subscriber, whenLeft) => {
      if (this.#end !== undefined) {
        this.#tellEnd(subscriber);
        return;
      }
      this.#subscribers.add(subscriber);
      this.#adjust();
      whenLeft(() => {
        this.#subscribers.delete(subscriber);
        this.#adjust();
      });
    });
  }

  connectionMade(): void {
    this.#connected = true;
    this.#adjust();
  }

  pauseProducing(): void {
    this.#paused = true;
    this.#adjust();
  }

  resumeProducing(): void {
    this.#paused = false;
    this.#adjust();
  }

  tell(value: T): void {
    for (const subscriber of Array.from(this.#subscribers)) subscriber.next(value);
  }

  connectionLost(reason: Failure): void {
    this.#connected = false;
    const { value: error } = reason;
    this.#end = error instanceof ConnectionDoneError ? "clean" : { error };
    for (const subscriber of Array.from(this.#subscribers)) this.#tellEnd(subscriber);
    this.#subscribers.clear();
  }

  #tellEnd(subscriber: SubscriberLike<T>): void {
    if (typeof this.#end === "object") subscriber.error(this.#end.error);
    else subscriber.complete();
  }

  #adjust(): void {
    if (!this.#connected) return;
    const reads = !this.#paused && this.#subscribers.size > 0;
    if (reads === this.#reads) return;
    this.#reads = reads;
    if (reads) this.#reading.resume();
    else this.#reading.pause();
  }
}
