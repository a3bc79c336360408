import { BadOptionError } from "../../core/errors.ts";
import type { StreamAddress, StreamProtocol } from "../../reactor/transport.ts";
import { CountingWrapper } from "./counting-wrapper.ts";
import { type AnyFactory, WrappingFactory } from "./wrapping-factory.ts";

export interface OverflowOptions {
  /**
   * Builds the protocols of connections over the limit, to say that it is full, and close. They do
   * not count: such a protocol must not stay. Without it those connections are refused.
   */
  readonly overflow?: Pick<AnyFactory, "buildProtocol">;
}

/**
 * Limits how many connections a factory has at a time.
 *
 * ```ts
 * import { Factory, LimitTotalConnectionsFactory, Protocol } from "skein/protocols";
 * import { createReactor } from "skein/reactor";
 * import { LineClient } from "skein/testing";
 *
 * class Full extends Protocol {
 *   override connectionMade(): void {
 *     this.transport.write("full: come back later\n");
 *     this.transport.loseConnection();
 *   }
 * }
 * const reactor = createReactor("clock");
 * const stopped = reactor.run();
 * const limited = new LimitTotalConnectionsFactory(Factory.forProtocol(Protocol), 1, {
 *   overflow: Factory.forProtocol(Full),
 * });
 * await reactor.listenTCP(7000, limited);
 * await LineClient.dial(reactor, 7000);
 * const second = await LineClient.dial(reactor, 7000);
 * console.log(await second.heard("full"), limited.connections); // → full: come back later 1
 * reactor.stop();
 * await stopped;
 * ```
 */
export class LimitTotalConnectionsFactory extends WrappingFactory {
  readonly #limit: number;
  readonly #overflow: OverflowOptions["overflow"];
  #connections = 0;

  /** @throws BadOptionError unless the limit is 1 or more. */
  constructor(wrappedFactory: AnyFactory, limit: number, options: OverflowOptions = {}) {
    super(wrappedFactory);
    assertLimit(limit);
    this.#limit = limit;
    this.#overflow = options.overflow;
  }

  /** How many there are. */
  get connections(): number {
    return this.#connections;
  }

  override buildProtocol(address: StreamAddress): StreamProtocol | null {
    if (this.#connections < this.#limit) return super.buildProtocol(address);
    return this.#overflow?.buildProtocol(address) ?? null;
  }

  protected override wrap(protocol: StreamProtocol): StreamProtocol {
    return new CountingWrapper(protocol, (change) => (this.#connections += change));
  }
}

export function assertLimit(limit: number): void {
  if (!(limit >= 1)) throw new BadOptionError(`a limit of connections is 1 or more, not ${limit}`);
}
