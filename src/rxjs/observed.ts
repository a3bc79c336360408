/** Connections whose bytes or lines are an Observable. */
import type { Failure } from "../defer/failure.ts";
import { LineReceiver } from "../protocols/line-receiver.ts";
import { Protocol } from "../protocols/protocol.ts";
import { Audience } from "./audience.ts";
import type { ObservableClass } from "./observable-like.ts";

/**
 * A protocol of lines that are an Observable.
 *
 * ```ts
 * import { map, Observable, take } from "rxjs";
 * import { Factory } from "skein/protocols";
 * import { createReactor } from "skein/reactor";
 * import { ObservedLines } from "skein/rxjs";
 * import { LineClient } from "skein/testing";
 *
 * const shout = Factory.from(() => {
 *   const lines = new ObservedLines();
 *   lines
 *     .received(Observable)
 *     .pipe(map((line) => line.toUpperCase()))
 *     .subscribe({
 *       next: (line) => lines.sendLine(line),
 *       error: (error) => console.log(String(error)), // how the connection broke
 *     });
 *   return lines;
 * });
 * const reactor = createReactor("clock");
 * const stopped = reactor.run();
 * await reactor.listenTCP(7000, shout);
 * const client = await LineClient.dial(reactor, 7000);
 * client.say("tea\r");
 * console.log(await client.heard("TEA")); // → TEA
 * client.close();
 * await stopped; // nothing is left to happen
 * ```
 *
 * Who subscribes hears what arrives from then on, and the end, also when that was before: the
 * Observable completes when the connection was closed cleanly, else it fails with the reason. While
 * nobody is subscribed nothing is read, so that nothing is lost, and the peer is slowed down; so it
 * is after pauseProducing(), which `oneAtATime` calls. To unsubscribe closes nothing.
 */
export class ObservedLines extends LineReceiver {
  readonly #audience = new Audience<string>({
    pause: () => super.pauseProducing(),
    resume: () => super.resumeProducing(),
  });

  /** The lines; `Observable` is given, as this loads nothing of RxJS. */
  received<O>(observableClass: ObservableClass<string, O>): O {
    return this.#audience.observable(observableClass);
  }

  override pauseProducing(): void {
    this.#audience.pauseProducing();
  }

  override resumeProducing(): void {
    this.#audience.resumeProducing();
  }

  override connectionMade(): void {
    this.#audience.connectionMade();
  }

  override lineReceived(line: string): void {
    this.#audience.tell(line);
  }

  override connectionLost(reason: Failure): void {
    this.#audience.connectionLost(reason);
  }
}

/** As {@link ObservedLines}, with the bytes as they arrive, cut in any way. */
export class ObservedBytes extends Protocol {
  readonly #audience = new Audience<Uint8Array>({
    pause: () => this.transport.pauseProducing(),
    resume: () => this.transport.resumeProducing(),
  });

  /** The bytes; `Observable` is given, as this loads nothing of RxJS. */
  received<O>(observableClass: ObservableClass<Uint8Array, O>): O {
    return this.#audience.observable(observableClass);
  }

  pauseProducing(): void {
    this.#audience.pauseProducing();
  }

  resumeProducing(): void {
    this.#audience.resumeProducing();
  }

  override connectionMade(): void {
    this.#audience.connectionMade();
  }

  override dataReceived(data: Uint8Array): void {
    this.#audience.tell(data);
  }

  override connectionLost(reason: Failure): void {
    this.#audience.connectionLost(reason);
  }
}
