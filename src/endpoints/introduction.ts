import type { Deferred } from "../defer/deferred.ts";
import { Failure } from "../defer/failure.ts";
import type {
  ClientProtocolFactory,
  Connector,
  StreamAddress,
  StreamProtocol,
  Transport,
} from "../reactor/transport.ts";
import type { FactoryOf } from "./endpoint.ts";

/**
 * The factory of one attempt to connect: it tells a Deferred of the protocol that the user's
 * factory has built. That one takes the connection over right away, so that nothing lies in
 * between.
 */
export class Introduction<P extends StreamProtocol> implements ClientProtocolFactory {
  readonly #factory: FactoryOf<P>;
  readonly #connected: Deferred<P>;
  readonly #ended: () => void;
  #refusal: Failure | undefined = undefined;
  #introduced = false;

  /** @param ended called when the connection has ended, if there was one. */
  constructor(factory: FactoryOf<P>, connected: Deferred<P>, ended: () => void) {
    this.#factory = factory;
    this.#connected = connected;
    this.#ended = ended;
  }

  buildProtocol(address: StreamAddress): StreamProtocol | null {
    try {
      const protocol = this.#factory.buildProtocol(address);
      return protocol && new Introducing(protocol, () => this.#introduce(protocol));
    } catch (error) {
      this.#refusal = Failure.from(error);
      return null;
    }
  }

  clientConnectionFailed(_connector: Connector, reason: Failure): void {
    if (!this.#connected.called) this.#connected.errback(this.#refusal ?? reason);
  }

  clientConnectionLost(): void {
    if (this.#introduced) this.#ended();
  }

  startedConnecting(): void {}
  doStart(): void {}
  doStop(): void {}

  #introduce(protocol: P): void {
    this.#introduced = true;
    // It may have been cancelled from the protocol's own connectionMade.
    if (!this.#connected.called) this.#connected.callback(protocol);
  }
}

/** Holds a connection's place for the moment in which it is made. */
class Introducing implements StreamProtocol {
  readonly #protocol: StreamProtocol;
  readonly #made: () => void;

  constructor(protocol: StreamProtocol, made: () => void) {
    this.#protocol = protocol;
    this.#made = made;
  }

  makeConnection(transport: Transport): void {
    transport.setProtocol(this.#protocol);
    this.#made();
  }

  dataReceived(): void {}
  connectionLost(): void {}
}
