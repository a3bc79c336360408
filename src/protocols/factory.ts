import type { Failure } from "../defer/failure.ts";
import type {
  ClientProtocolFactory,
  Connector,
  ProtocolFactory,
  StreamAddress,
  StreamProtocol,
} from "../reactor/transport.ts";

type Build<P extends StreamProtocol> = (address: StreamAddress) => P | null;

/**
 * Makes a protocol for each connection, and holds what they share.
 *
 * ```ts
 * import { Factory, Protocol } from "skein/protocols";
 * import { createReactor } from "skein/reactor";
 *
 * class Greeter extends Protocol {
 *   override connectionMade(): void {
 *     this.transport.write("hello\n");
 *     this.transport.loseConnection();
 *   }
 * }
 * const reactor = createReactor("clock");
 * reactor.listenTCP(7000, Factory.forProtocol(Greeter)).addCallback((port) => {
 *   console.log(port.getHost().port); // → 7000
 * });
 * await reactor.advance(0);
 * ```
 */
export abstract class Factory<
  P extends StreamProtocol = StreamProtocol,
> implements ProtocolFactory {
  #users = 0;

  /** A factory that makes a `new protocolClass()` for each connection. @throws TypeError */
  static forProtocol<P extends StreamProtocol>(protocolClass: new () => P): Factory<P> {
    assertClass(protocolClass);
    return this.from(() => new protocolClass());
  }

  /** A factory that asks `build` for each connection's protocol; null refuses the connection. */
  static from<P extends StreamProtocol>(build: Build<P>): Factory<P> {
    return new (class extends Factory<P> {
      override buildProtocol(address: StreamAddress): P | null {
        return build(address);
      }
    })();
  }

  /** Makes the protocol for a connection with `address`; null refuses the connection. */
  abstract buildProtocol(address: StreamAddress): P | null;

  /** Called before the first port or connector uses the factory. */
  startFactory(): void {}

  /** Called when the last port or connector has ended its use. */
  stopFactory(): void {}

  /**
   * A client's TLS handshake has failed, so that there is no protocol for it. On an open port that
   * happens all the time; unless overridden, nothing is done.
   */
  handshakeFailed(_address: StreamAddress, _reason: Failure): void {}

  doStart(): void {
    if (this.#users === 0) this.startFactory();
    this.#users++;
  }

  doStop(): void {
    if (this.#users > 0 && --this.#users === 0) this.stopFactory();
  }
}

/** The compiler knows it; in JavaScript it would be found out when the first connection comes. */
function assertClass(protocolClass: unknown): void {
  // Arrow functions have no prototype, and cannot be constructed.
  if (typeof protocolClass === "function" && protocolClass.prototype !== undefined) return;
  throw new TypeError(
    "forProtocol() takes a protocol's class: Factory.forProtocol(Echo); " +
      "of a function that makes protocols Factory.from() makes a factory",
  );
}

/** A factory for outgoing connections. */
export abstract class ClientFactory<P extends StreamProtocol = StreamProtocol>
  extends Factory<P>
  implements ClientProtocolFactory
{
  /** A client factory that makes a `new protocolClass()` for the connection. @throws TypeError */
  static override forProtocol<P extends StreamProtocol>(
    protocolClass: new () => P,
  ): ClientFactory<P> {
    assertClass(protocolClass);
    return this.from(() => new protocolClass());
  }

  /** A client factory that asks `build` for the connection's protocol. */
  static override from<P extends StreamProtocol>(build: Build<P>): ClientFactory<P> {
    return new (class extends ClientFactory<P> {
      override buildProtocol(address: StreamAddress): P | null {
        return build(address);
      }
    })();
  }

  /** An attempt has begun. */
  startedConnecting(_connector: Connector): void {}

  /** An attempt has failed; `connector.connect()` tries again. */
  clientConnectionFailed(_connector: Connector, _reason: Failure): void {}

  /** The connection has ended, as its protocol was told; `connector.connect()` makes a new one. */
  clientConnectionLost(_connector: Connector, _reason: Failure): void {}
}
