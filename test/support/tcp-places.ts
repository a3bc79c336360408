/** A place to listen at, and to connect to, by TCP on this machine. */
import { Deferred, type Failure } from "skein/defer";
import type { ClientEndpoint, FactoryOf, ServerEndpoint } from "skein/endpoints";
import { Factory } from "skein/protocols";
import type {
  ClientProtocolFactory,
  Reactor,
  StreamAddress,
  StreamProtocol,
  Transport,
} from "skein/reactor";

const HOST = "127.0.0.1";

export function listeningAt(reactor: Reactor<"tcp">, port: number): ServerEndpoint {
  return {
    listen: (factory) => reactor.listenTCP(port, factory, { interface: HOST }),
  };
}

export function connectingTo(reactor: Reactor<"tcp">, port: () => number): ClientEndpoint {
  return {
    connect<P extends StreamProtocol>(factory: FactoryOf<P>): Deferred<P> {
      const connected = new Deferred<P>(() => connector.disconnect());
      const adapter: ClientProtocolFactory = {
        doStart: () => factory.doStart(),
        doStop: () => factory.doStop(),
        startedConnecting() {},
        clientConnectionLost() {},
        clientConnectionFailed(_connector, reason: Failure) {
          if (!connected.called) connected.errback(reason);
        },
        buildProtocol(address: StreamAddress) {
          const protocol = factory.buildProtocol(address);
          return protocol && new Telling(protocol, () => connected.callback(protocol));
        },
      };
      const connector = reactor.connectTCP(HOST, port(), adapter);
      return connected;
    },
  };
}

/** Tells when the connection is made, and is no more of it then. */
class Telling implements StreamProtocol {
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

/** A factory of protocols that each do something once connected. */
export function factoryOf<P extends StreamProtocol>(build: () => P): Factory<P> {
  return new (class extends Factory<P> {
    override buildProtocol(): P {
      return build();
    }
  })();
}
