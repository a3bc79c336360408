import type { ReactorCore, ReactorFromThreads, ReactorTime } from "../../reactor/capabilities.ts";
import type { StreamProtocol } from "../../reactor/transport.ts";
import { ThrottledConnection, type ThrottlingLoop } from "./throttled-connection.ts";
import { TokenBucket } from "./token-bucket.ts";
import { type AnyFactory, WrappingFactory } from "./wrapping-factory.ts";

/** Bytes per second, in each direction; a direction that is not given has no limit. */
export interface Rates {
  /** A number of bytes; as a bucket, with a burst of its own, or shared by several factories. */
  readonly read?: number | TokenBucket;
  readonly write?: number | TokenBucket;
}

export interface ThrottlingOptions {
  /** All connections of the factory together have this. */
  readonly total?: Rates;
  /** Each connection has this, and no more than its part of the total. */
  readonly each?: { readonly read?: number; readonly write?: number };
}

/**
 * Slows connections down to so many bytes per second, read or written.
 *
 * ```ts
 * import { Factory, Protocol, ThrottlingFactory } from "skein/protocols";
 * import { createReactor } from "skein/reactor";
 * import { LineClient } from "skein/testing";
 *
 * class Long extends Protocol {
 *   override connectionMade(): void {
 *     this.transport.write(`${"x".repeat(4999)}\n`);
 *     this.transport.loseConnection();
 *   }
 * }
 * const reactor = createReactor("clock");
 * const stopped = reactor.run();
 * const slow = new ThrottlingFactory(reactor, Factory.forProtocol(Long), {
 *   total: { write: 1000 },
 * });
 * await reactor.listenTCP(7000, slow);
 * const client = await LineClient.dial(reactor, 7000);
 * await client.ended;
 * console.log(reactor.seconds()); // → 4
 * await stopped;
 * ```
 *
 * (The first second's worth is there at once: a bucket is full when it begins.)
 *
 * What is written waits in the connection, piece by piece in its turn among the connections of the
 * factory; `write()`, producers, `bufferedBytes` and the limits are as on any transport that has a
 * slow peer. The time that `loseConnection()` gives the peer begins when the pace lets the bytes
 * go. A reactor that stops lets it go on for `drainSeconds`.
 *
 * What is read is delivered, and then reading rests until it is paid for: the peer is slowed down
 * by its own system.
 */
export class ThrottlingFactory extends WrappingFactory {
  readonly #loop: ThrottlingLoop;
  readonly #clock: Pick<ReactorTime, "seconds">;
  readonly #each: NonNullable<ThrottlingOptions["each"]>;
  readonly #read: TokenBucket | undefined;
  readonly #write: TokenBucket | undefined;

  /** @throws BadOptionError for rates that are not over 0 and finite. */
  constructor(
    reactor: ReactorTime & ReactorFromThreads & Pick<ReactorCore, "reportError">,
    wrappedFactory: AnyFactory,
    { total = {}, each = {} }: ThrottlingOptions,
  ) {
    super(wrappedFactory);
    this.#loop = {
      callLater: (seconds, action) => reactor.callLater(seconds, action),
      callFromThread: (action) => reactor.callFromThread(action),
      reportError: (error, doing) => reactor.reportError(error, doing),
      // The connection within which it lies does that.
      timed: (_what, callee) => callee,
    };
    this.#clock = reactor;
    this.#each = each;
    this.#read = bucket(reactor, total.read);
    this.#write = bucket(reactor, total.write);
    // So that a mistake shows here, and not at the first connection.
    for (const rate of [each.read, each.write]) bucket(reactor, rate);
  }

  protected override wrap(protocol: StreamProtocol): StreamProtocol {
    return new ThrottledConnection(protocol, this.#loop, {
      read: bucket(this.#clock, this.#each.read, this.#read) ?? this.#read,
      write: bucket(this.#clock, this.#each.write, this.#write) ?? this.#write,
    });
  }
}

function bucket(
  clock: Pick<ReactorTime, "seconds">,
  rate: number | TokenBucket | undefined,
  parent?: TokenBucket,
): TokenBucket | undefined {
  if (rate === undefined || rate instanceof TokenBucket) return rate;
  return new TokenBucket(clock, parent === undefined ? { rate } : { rate, parent });
}
