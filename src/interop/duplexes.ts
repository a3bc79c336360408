/** The ways to a {@link ReactorSocket}: by connecting, by listening, from a transport. */
import type { Deferred } from "../defer/deferred.ts";
import { Factory } from "../protocols/factory.ts";
import type { Reactor } from "../reactor/capabilities.ts";
import type { ListenOptions } from "../reactor/stream-capabilities.ts";
import type { ListeningPort, Transport } from "../reactor/transport.ts";
import { ReactorSocket, type ReactorSocketOptions } from "./reactor-socket.ts";

/**
 * Connects, and returns the socket at once: it emits 'connect', or 'error'. What is written before
 * is sent then.
 *
 * @throws BadOptionError for a port that is none.
 */
export function connectDuplex(
  reactor: Reactor<"tcp">,
  host: string,
  port: number,
  options: ReactorSocketOptions = {},
): ReactorSocket {
  return new ReactorSocket(reactor, options).connect({ host, port });
}

/**
 * Listens on `port`, and calls `onConnection` with a socket for each connection. Fires and fails as
 * listenTCP does.
 *
 * @throws BadOptionError for a number that is no port.
 */
export function serveDuplex(
  reactor: Reactor<"tcp">,
  port: number,
  onConnection: (socket: ReactorSocket) => void,
  options: ListenOptions & ReactorSocketOptions = {},
): Deferred<ListeningPort> {
  return reactor.listenTCP(port, new DuplexFactory(reactor, onConnection, options), options);
}

/** Makes a socket of each connection: for listenUNIX, listenSSL and all else that listens. */
export class DuplexFactory extends Factory<ReactorSocket> {
  readonly #reactor: Reactor<"tcp">;
  readonly #onConnection: (socket: ReactorSocket) => void;
  readonly #options: ReactorSocketOptions;

  /** @param onConnection an error that it throws is reported, and ends the connection. */
  constructor(
    reactor: Reactor<"tcp">,
    onConnection: (socket: ReactorSocket) => void,
    options: ReactorSocketOptions = {},
  ) {
    super();
    this.#reactor = reactor;
    this.#onConnection = onConnection;
    this.#options = options;
  }

  override buildProtocol(): ReactorSocket {
    return new AcceptedSocket(this.#reactor, this.#options, this.#onConnection);
  }
}

/**
 * The connection of `transport` as a socket, from here on: the protocol that had it gets no call
 * any more. `rest` is what that was given and has not used; it is the first to be read.
 */
export function toDuplex(
  reactor: Reactor<"tcp">,
  transport: Transport,
  options: ReactorSocketOptions & { readonly rest?: Uint8Array } = {},
): ReactorSocket {
  const socket = new ReactorSocket(reactor, options);
  transport.setProtocol(socket, options.rest);
  return socket;
}

class AcceptedSocket extends ReactorSocket {
  readonly #accepted: (socket: ReactorSocket) => void;

  constructor(
    reactor: Reactor<"tcp">,
    options: ReactorSocketOptions,
    accepted: (socket: ReactorSocket) => void,
  ) {
    super(reactor, options);
    this.#accepted = accepted;
  }

  override makeConnection(transport: Transport): void {
    super.makeConnection(transport);
    this.#accepted(this);
  }
}
