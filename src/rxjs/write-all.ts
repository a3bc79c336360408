import { bytesOf } from "../core/bytes.ts";
import { BadOptionError, messageOf, QueueFullError } from "../core/errors.ts";
import { Fifo } from "../core/fifo.ts";
import { Deferred } from "../defer/deferred.ts";
import type { Failure } from "../defer/failure.ts";
import type { Consumer, PushProducer } from "../reactor/producer.ts";
import { checkObservable, type ObservableLike, subscribeTo } from "./observable-like.ts";

const MAX_BUFFERED_BYTES = 1024 * 1024;
const OVERFLOWS: readonly unknown[] = ["fail", "drop-newest", "drop-oldest"];

export interface WriteAllOptions {
  /** So much may wait while the consumer is behind; 1 MiB unless given. */
  maxBufferedBytes?: number;
  /**
   * What is done about a piece that is too much: `"fail"`, unless given, ends it all with a
   * QueueFullError; `"drop-newest"` leaves it out; `"drop-oldest"` makes room for it.
   */
  overflow?: "fail" | "drop-newest" | "drop-oldest";
}

/** What has become of the pieces. */
export interface WriteTotals {
  readonly writtenBytes: number;
  readonly droppedBytes: number;
}

/**
 * Writes the values of an Observable to a consumer, as its producer. An Observable cannot be told
 * to wait: while the consumer is behind, its values wait here, to a limit.
 *
 * ```ts
 * import { interval, map, Subscription, take } from "rxjs";
 * import { Factory, Protocol } from "skein/protocols";
 * import { createReactor } from "skein/reactor";
 * import { reactorScheduler, writeAll } from "skein/rxjs";
 * import { LineClient } from "skein/testing";
 *
 * const reactor = createReactor("clock");
 * const ticks = interval(1000, reactorScheduler(reactor, Subscription)).pipe(
 *   take(3),
 *   map((n) => `tick ${n}\n`),
 * );
 * class Ticker extends Protocol {
 *   override connectionMade(): void {
 *     writeAll(this.transport, ticks, { overflow: "drop-oldest" })
 *       .addErrback((failure) => console.log(failure.message)) // the peer has left, say
 *       .addBoth(() => this.transport.loseConnection());
 *   }
 * }
 * const stopped = reactor.run();
 * await reactor.listenTCP(7000, Factory.forProtocol(Ticker));
 * const client = await LineClient.dial(reactor, 7000);
 * await client.ended;
 * console.log(client.lines.join(", ")); // → tick 0, tick 1, tick 2
 * reactor.stop();
 * await stopped;
 * ```
 *
 * Fires when the Observable has completed and all was handed to the consumer. Fails with the
 * Observable's error, once what came before it was handed over; or with why the consumer has ended.
 * Cancelling unsubscribes, and drops what waits. The consumer stays open.
 *
 * A value that is neither bytes nor text ends it with a TypeError, as an error of the Observable's.
 *
 * @throws ProducerRegisteredError when the consumer has a producer; BadOptionError.
 */
export function writeAll(
  consumer: Consumer,
  observable: ObservableLike<Uint8Array | string>,
  options: WriteAllOptions = {},
): Deferred<WriteTotals> {
  const { maxBufferedBytes = MAX_BUFFERED_BYTES, overflow = "fail" } = options;
  if (!(maxBufferedBytes >= 0)) {
    throw new BadOptionError(`maxBufferedBytes must be 0 or more, not ${maxBufferedBytes}`);
  }
  if (!OVERFLOWS.includes(overflow)) {
    throw new BadOptionError(`overflow is one of ${OVERFLOWS.join(", ")}, not ${overflow}`);
  }
  checkObservable(observable);
  const writing = new Writing(consumer, maxBufferedBytes, overflow);
  consumer.registerProducer(writing, true);
  writing.begin(observable);
  return writing.done;
}

class Writing implements PushProducer {
  readonly done: Deferred<WriteTotals> = new Deferred(() => this.#end());
  readonly #consumer: Consumer;
  readonly #maxBufferedBytes: number;
  readonly #overflow: WriteAllOptions["overflow"];
  readonly #queue = new Fifo<Uint8Array>();
  #queuedBytes = 0;
  #writtenBytes = 0;
  #droppedBytes = 0;
  #paused = false;
  #over = false;
  #leave: (() => void) | undefined = undefined;
  /** The Observable has ended; by an error, if there is one. */
  #sourceEnd: { readonly error?: unknown } | undefined = undefined;

  constructor(consumer: Consumer, maxBufferedBytes: number, overflow: WriteAllOptions["overflow"]) {
    this.#consumer = consumer;
    this.#maxBufferedBytes = maxBufferedBytes;
    this.#overflow = overflow;
  }

  begin(observable: ObservableLike<Uint8Array | string>): void {
    // The consumer may have ended already.
    if (this.#over) return;
    subscribeTo<Uint8Array | string>(observable, (leave) => {
      this.#leave = leave;
      return {
        next: (piece) => this.#next(piece),
        error: (error) => this.#sourceEnded({ error }),
        complete: () => this.#sourceEnded({}),
      };
    });
  }

  // --- PushProducer ---

  pauseProducing(): void {
    this.#paused = true;
  }

  resumeProducing(): void {
    this.#paused = false;
    while (!this.#paused && this.#queue.length > 0) this.#write(this.#shift());
    this.#finishIfDone();
  }

  stopProducing(): void {
    this.#end(false);
    // It knows why it has ended.
    this.#consumer.whenDrained().addErrback((failure: Failure) => {
      if (!this.done.called) this.done.errback(failure);
    });
  }

  // --- the source ---

  #next(piece: Uint8Array | string): void {
    if (typeof piece === "string" || piece instanceof Uint8Array) {
      this.#take(bytesOf(piece));
      return;
    }
    this.#leave?.();
    const error = new TypeError(`what is written must be bytes or text, not ${messageOf(piece)}`);
    this.#sourceEnded({ error });
  }

  #take(piece: Uint8Array): void {
    if (this.#over) return;
    if (!this.#paused) {
      this.#write(piece);
      return;
    }
    if (this.#makeRoom(piece.length)) {
      this.#queue.push(piece);
      this.#queuedBytes += piece.length;
    } else if (this.#overflow === "fail") {
      this.#end();
      this.done.errback(
        new QueueFullError(
          `${this.#queuedBytes} bytes wait already, and ${piece.length} are too much: ` +
            `the consumer takes them more slowly than the Observable makes them`,
        ),
      );
    } else {
      this.#droppedBytes += piece.length;
    }
  }

  #sourceEnded(end: { readonly error?: unknown }): void {
    if (this.#over) return;
    this.#sourceEnd = end;
    this.#finishIfDone();
  }

  // --- the queue ---

  /** Whether there is room for so much, be it by dropping what is oldest. */
  #makeRoom(bytes: number): boolean {
    const fits = (): boolean => this.#queuedBytes + bytes <= this.#maxBufferedBytes;
    if (this.#overflow === "drop-oldest" && bytes <= this.#maxBufferedBytes) {
      while (!fits()) this.#droppedBytes += this.#shift().length;
    }
    return fits();
  }

  #shift(): Uint8Array {
    const piece = this.#queue.shift() as Uint8Array;
    this.#queuedBytes -= piece.length;
    return piece;
  }

  #write(piece: Uint8Array): void {
    this.#writtenBytes += piece.length;
    this.#consumer.write(piece);
  }

  #finishIfDone(): void {
    const end = this.#sourceEnd;
    if (end === undefined || this.#over || this.#queue.length > 0) return;
    this.#end();
    if ("error" in end) this.done.errback(end.error);
    else this.done.callback({ writtenBytes: this.#writtenBytes, droppedBytes: this.#droppedBytes });
  }

  #end(unregister = true): void {
    if (this.#over) return;
    this.#over = true;
    this.#queue.clear();
    if (unregister) this.#consumer.unregisterProducer();
    this.#leave?.();
  }
}
