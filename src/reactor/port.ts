import { Deferred } from "../defer/deferred.ts";
import { succeed } from "../defer/fired.ts";
import type { Listener } from "./stream-driver.ts";
import type { ListeningPort, StreamAddress } from "./transport.ts";

/** A port that listens, until it is told to stop. */
export class Port<A extends StreamAddress> implements ListeningPort<A> {
  readonly #listener: Listener;
  readonly #closed: () => void;
  #open = true;
  /** Those who asked for the end, and were not told yet. */
  #waiting: Deferred<void>[] | undefined = undefined;

  /** @param closed called once, when the address is free. */
  constructor(listener: Listener, closed: () => void) {
    this.#listener = listener;
    this.#closed = closed;
  }

  getHost(): A {
    return this.#listener.address as A;
  }

  stopListening(): Deferred<void> {
    if (!this.#open) return succeed(undefined);
    const waiter = new Deferred<void>();
    if (this.#waiting !== undefined) {
      this.#waiting.push(waiter);
      return waiter;
    }
    const waiting = (this.#waiting = [waiter]);
    this.#listener.close().addBoth(() => {
      this.#open = false;
      this.#closed();
      for (const told of waiting) told.callback();
    });
    return waiter;
  }
}
