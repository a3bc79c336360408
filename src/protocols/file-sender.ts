import { bytesOf } from "../core/bytes.ts";
import { Deferred } from "../defer/deferred.ts";
import type { Failure } from "../defer/failure.ts";
import type { Consumer, PullProducer } from "../reactor/producer.ts";

type Piece = Uint8Array | string;

/** What is sent, in pieces: a file (`fs.createReadStream(path)`), a generator, a list. */
export type FileSource = AsyncIterable<Piece> | Iterable<Piece>;

export interface FileSenderOptions {
  /** What becomes of each piece before it is sent. */
  transform?: (piece: Uint8Array) => Uint8Array;
}

/**
 * Sends a file, or whatever comes in pieces, as fast as the peer takes it: a piece is read when the
 * one before it has gone.
 *
 * ```ts
 * import { createReadStream } from "node:fs";
 * import { Factory, FileSender, Protocol } from "skein/protocols";
 * import { createReactor } from "skein/reactor";
 * import { LineClient } from "skein/testing";
 *
 * class Give extends Protocol {
 *   override connectionMade(): void {
 *     new FileSender()
 *       .beginFileTransfer(createReadStream("package.json"), this.transport)
 *       .addErrback((failure) => console.log(failure.message)) // no such file, or the peer left
 *       .addBoth(() => this.transport.loseConnection());
 *   }
 * }
 * const reactor = createReactor("libuv");
 * const stopped = reactor.run();
 * const port = await reactor.listenTCP(0, Factory.forProtocol(Give));
 * const client = await LineClient.dial(reactor, port.getHost().port);
 * await client.ended;
 * console.log(client.lines[0]); // → {
 * reactor.stop();
 * await stopped;
 * ```
 */
export class FileSender {
  readonly #transform: Transform;

  constructor({ transform = (piece) => piece }: FileSenderOptions = {}) {
    this.#transform = transform;
  }

  /**
   * Sends all of `source`, as the consumer's pull producer. Fires, when the last piece was handed
   * to the consumer, with how many bytes there were. Fails with the source's error, or with why the
   * consumer has ended; the source is closed then. Cancelling stops it there.
   *
   * @throws ProducerRegisteredError when the consumer has a producer.
   */
  beginFileTransfer(source: FileSource, consumer: Consumer): Deferred<number> {
    const transfer = new Transfer(source, consumer, this.#transform);
    consumer.registerProducer(transfer, false);
    return transfer.done;
  }
}

type Transform = (piece: Uint8Array) => Uint8Array;
type Step = IteratorResult<Piece>;

/** One source on its way to one consumer. */
class Transfer implements PullProducer {
  readonly done: Deferred<number> = new Deferred<number>(() => {
    this.#consumer.unregisterProducer();
    this.#close();
  });
  readonly #iterator: AsyncIterator<Piece> | Iterator<Piece>;
  readonly #consumer: Consumer;
  readonly #transform: Transform;
  #sent = 0;
  #ended = false;

  constructor(source: FileSource, consumer: Consumer, transform: Transform) {
    this.#iterator =
      Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
    this.#consumer = consumer;
    this.#transform = transform;
  }

  resumeProducing(): void {
    try {
      let sent = false;
      while (!sent) {
        const step = this.#iterator.next();
        if ("then" in step) {
          step.then(
            (later) => this.#arrived(later),
            (error: unknown) => this.#fail(error),
          );
          return;
        }
        sent = this.#send(step);
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  stopProducing(): void {
    // It knows why it has ended.
    this.#consumer.whenDrained().addErrback((failure: Failure) => this.done.errback(failure));
    this.#close();
  }

  #arrived(step: Step): void {
    if (this.#ended) return;
    try {
      if (!this.#send(step)) this.resumeProducing();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** False for an empty piece: nobody would ask for another. */
  #send(step: Step): boolean {
    if (step.done === true) {
      this.#ended = true;
      this.#consumer.unregisterProducer();
      this.done.callback(this.#sent);
      return true;
    }
    const piece = this.#transform(bytesOf(step.value));
    this.#sent += piece.length;
    if (piece.length > 0) this.#consumer.write(piece);
    return piece.length > 0;
  }

  #fail(error: unknown): void {
    if (this.#ended) return;
    this.#consumer.unregisterProducer();
    this.#close();
    this.done.errback(error);
  }

  /** The source is wanted no longer; what that leads to is nobody's affair. */
  #close(): void {
    this.#ended = true;
    void (async () => this.#iterator.return?.())().catch(() => {});
  }
}
