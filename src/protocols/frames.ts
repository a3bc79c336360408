import { Deferred } from "../defer/deferred.ts";
import { CancelledError } from "../defer/errors.ts";
import { Failure } from "../defer/failure.ts";
import { fail, succeed } from "../defer/fired.ts";
import { ConnectionDoneError } from "../reactor/errors.ts";
import type { Decoder } from "./decoder.ts";
import { BadFrameError } from "./errors.ts";
import { Protocol } from "./protocol.ts";

/**
 * A connection as an asynchronous iterable of frames, whose peer is slowed down to the pace at
 * which they are asked for: at most one chunk waits.
 *
 * ```ts
 * import { Factory, IntStringDecoder, Frames } from "skein/protocols";
 * import { createReactor } from "skein/reactor";
 * import { LineClient } from "skein/testing";
 *
 * async function serve(strings: Frames<Uint8Array>): Promise<void> {
 *   try {
 *     for await (const string of strings) console.log(string.length);
 *     console.log("the peer has ended");
 *   } catch (error) {
 *     console.log((error as Error).message); // what went wrong with the connection, or the bytes
 *   }
 * }
 * const reactor = createReactor("clock");
 * const stopped = reactor.run();
 * const factory = Factory.from(() => {
 *   const strings = new Frames(new IntStringDecoder(1, { maxLength: 100 }));
 *   void serve(strings);
 *   return strings;
 * });
 * await reactor.listenTCP(7000, factory);
 * const client = await LineClient.dial(reactor, 7000);
 * client.transport.write(Uint8Array.of(2, 104, 105, 1, 33, 101));
 * await client.ended;
 * // → 2
 * // → 1
 * // → the peer announced a frame of 101 bytes: 100 are taken at most
 * await stopped;
 * ```
 *
 * The loop ends with the connection: in silence when the peer has ended it between two frames, else
 * with the reason. To leave the loop is not to close: another one goes on behind it.
 */
export class Frames<F> extends Protocol implements AsyncIterable<F> {
  readonly #decoder: Decoder<F>;
  /** Those who have asked; while frames are there, only those who are about to get them. */
  #waiting: Deferred<F>[] = [];
  /** Why no more will come. */
  #reason: Failure | undefined = undefined;
  #undecodable = false;
  #paused = false;

  constructor(decoder: Decoder<F>) {
    super();
    this.#decoder = decoder;
  }

  /**
   * Fires with the next frame; those who ask first are given first, and one may ask before there is
   * a connection. Fails, with the reason, when the connection has ended: ConnectionDoneError if it
   * was the peer's wish. Cancelling leaves the frame to whoever asks next.
   */
  receive(): Deferred<F> {
    const frame = this.#waiting.length === 0 ? this.#next() : undefined;
    if (frame !== undefined) return succeed(frame);
    if (this.#reason !== undefined) return fail(this.#whyEnded(this.#reason));
    const waiting = new Deferred<F>(() => {
      this.#waiting = this.#waiting.filter((other) => other !== waiting);
      waiting.errback(new CancelledError());
    });
    this.#waiting.push(waiting);
    if (this.#paused) this.transport.resumeProducing();
    this.#paused = false;
    return waiting;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<F, void, undefined> {
    for (;;) {
      let frame: F;
      try {
        frame = await this.receive();
      } catch (error) {
        if (error instanceof ConnectionDoneError) return;
        throw error;
      }
      yield frame;
    }
  }

  /** As for any protocol that keeps bytes: for the one that comes next, or for startTLS. */
  takeUnread(): Uint8Array {
    return this.#decoder.takeRest();
  }

  override dataReceived(data: Uint8Array): void {
    if (this.#reason !== undefined) return;
    this.#decoder.push(data);
    while (this.#waiting.length > 0) {
      const frame = this.#next();
      if (frame === undefined) return;
      this.#waiting.shift()?.callback(frame);
    }
    this.#paused = true;
    this.transport.pauseProducing();
  }

  override connectionLost(reason: Failure): void {
    this.#end(reason);
  }

  #next(): F | undefined {
    if (this.#undecodable) return undefined;
    try {
      return this.#decoder.next();
    } catch (error) {
      this.#undecodable = true;
      this.#decoder.takeRest();
      // It was no clean end, behind bytes like these.
      if (this.#reason?.check(ConnectionDoneError)) this.#reason = undefined;
      this.#end(new Failure(error));
      this.transport.loseConnection(error as Error);
      return undefined;
    }
  }

  /** There are no more: those who wait are told why. */
  #end(reason: Failure): void {
    this.#reason ??= reason;
    for (const waiting of this.#waiting.splice(0)) {
      // One that was told before may have cancelled it.
      if (!waiting.called) waiting.errback(this.#whyEnded(reason));
    }
  }

  /** To be asked when all frames were given: what is left is a part of one. */
  #whyEnded(reason: Failure): Failure {
    if (reason.check(ConnectionDoneError) && this.#decoder.takeRest().length > 0) {
      this.#reason = new Failure(new BadFrameError("whole frame", "it ended in the middle of one"));
    }
    return this.#reason ?? reason;
  }
}
