/**
 * Producers and consumers: how the one who makes data keeps the pace of the one who takes it.
 *
 * A push producer makes data by itself, until it is told to pause; a pull producer makes some each
 * time it is asked. Every transport is a consumer of what is written to it, and a push producer of
 * what it receives: `a.registerProducer(b, true)` lets `b` be read only as fast as `a` can send.
 *
 * ```ts
 * import { Factory, Protocol, type PullProducer } from "skein/protocols";
 * import { createReactor } from "skein/reactor";
 * import { LineClient } from "skein/testing";
 *
 * // Counts to 1,000; writes a line when it is asked for one.
 * class Counting extends Protocol implements PullProducer {
 *   #count = 0;
 *   override connectionMade(): void {
 *     this.transport.registerProducer(this, false);
 *     this.transport.loseConnection(); // when the producer has unregistered
 *   }
 *   resumeProducing(): void {
 *     this.transport.write(`${++this.#count}\n`);
 *     if (this.#count === 1000) this.transport.unregisterProducer();
 *   }
 *   stopProducing(): void {
 *     console.log("the peer has gone"); // the connection ended before the last line
 *   }
 * }
 * const reactor = createReactor("clock");
 * const stopped = reactor.run();
 * await reactor.listenTCP(7000, Factory.forProtocol(Counting));
 * const client = await LineClient.dial(reactor, 7000);
 * await client.ended;
 * console.log(client.lines.length); // → 1000
 * reactor.stop();
 * await stopped;
 * ```
 */
import type { Deferred } from "../defer/deferred.ts";

/** Makes some data each time it is asked. */
export interface PullProducer {
  /**
   * Write some, now or later. It is asked again when that has been taken: so one that writes
   * nothing is asked no more. An error that it throws is reported, and ends the consumer.
   */
  resumeProducing(): void;
  /** The consumer has ended: nothing written from now on goes anywhere. The last call. */
  stopProducing(): void;
}

/** Makes data by itself. */
export interface PushProducer extends PullProducer {
  /**
   * Stop writing until {@link resumeProducing}. Called from inside the write() that was too much.
   * An error that it throws is reported, and ends the consumer.
   */
  pauseProducing(): void;
}

/** Takes data. */
export interface Consumer {
  /** Takes a piece; false says that it is time to wait. */
  write(data: Uint8Array | string): boolean;
  /**
   * From now on `producer` is told when to go on. With `streaming`, it is a push producer: paused
   * when too much waits, and resumed when most of that has gone. Without, it is a pull producer:
   * asked for data at once, from inside this call, and whenever what it wrote has gone. There is
   * one producer at a time. Where nothing can be written any more it is stopped, at once.
   *
   * @throws ProducerRegisteredError when there is one already.
   */
  registerProducer(producer: PushProducer, streaming: true): void;
  registerProducer(producer: PullProducer, streaming: false): void;
  /** The producer, if there is one, has made all it had. It is not told, nor resumed if paused. */
  unregisterProducer(): void;
  /**
   * Fires when more can be written: at once, unless write() has said to wait. For those who are no
   * producers: `transport.write(piece); await transport.whenDrained();`. Fails with the reason when
   * the consumer ends, or has ended. Cancelling waits no longer.
   */
  whenDrained(): Deferred<void>;
}
