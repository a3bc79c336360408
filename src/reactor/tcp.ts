/**
 * listenTCP and connectTCP, made from what a backend can do: listen, and dial. The rules on
 * factories, ports and connectors are here, so that they are the same on every backend.
 */
import { BadOptionError } from "../core/errors.ts";
import { Deferred } from "../defer/deferred.ts";
import { fail, succeed } from "../defer/maybe-deferred.ts";
import type { Loop } from "./backend.ts";
import type { ConnectOptions, ListenOptions, ReactorTCP } from "./capabilities.ts";
import { TCPConnector } from "./connector.ts";
import { CannotListenError, ConnectError, ConnectionLostError } from "./errors.ts";
import type { StreamConnection } from "./stream-connection.ts";
import type {
  ClientProtocolFactory,
  Connector,
  ListeningPort,
  ProtocolFactory,
  TCPAddress,
} from "./transport.ts";

const BACKLOG = 50;
const ANY_HOST = "0.0.0.0";
/** How long a stopping reactor lets connections send what was written. */
const DRAIN_SECONDS = 2;

export interface ListenRequest {
  readonly host: string;
  readonly port: number;
  readonly backlog: number;
}

export interface DialRequest {
  readonly host: string;
  readonly port: number;
  readonly bindAddress: string | undefined;
}

/** An open listening socket, in whatever form the backend has it. */
export interface Listener {
  readonly address: TCPAddress;
  /** Accepts nothing more; fires when the address is free. */
  close(): Deferred<void>;
}

/** What a backend with TCP provides. Nothing may be called back from inside these methods. */
export interface StreamDriver {
  /** Fires when it listens, fails with CannotListenError. Cancelling gives up. */
  listen(
    request: ListenRequest,
    accept: (connection: StreamConnection) => void,
  ): Deferred<Listener>;
  /** Fires with the connection, not yet started; fails with ConnectError. Cancelling gives up. */
  dial(request: DialRequest): Deferred<StreamConnection>;
}

export class TCP implements ReactorTCP {
  readonly #loop: Loop;
  readonly #driver: StreamDriver;
  readonly #opening = new Set<Deferred<unknown>>();
  readonly #ports = new Set<ListeningPort>();
  readonly #connectors = new Set<TCPConnector>();
  readonly #connections = new Set<StreamConnection>();
  /** From disconnectAll() until the run has ended: nothing new is begun. */
  #closing = false;
  /** Fires when the last connection and attempt has ended. */
  #emptied: Deferred<void> | undefined = undefined;

  constructor(loop: Loop, driver: StreamDriver) {
    this.#loop = loop;
    this.#driver = driver;
  }

  listenTCP(
    port: number,
    factory: ProtocolFactory,
    options: ListenOptions = {},
  ): Deferred<ListeningPort> {
    const { interface: host = ANY_HOST, backlog = BACKLOG } = options;
    if (!isPort(port)) return fail(new BadOptionError(`${port} is not a port (0 to 65535)`));
    if (this.#closing) return fail(new CannotListenError("the reactor is stopping"));
    const opening = this.#driver.listen({ host, port, backlog }, (connection) =>
      this.#accept(factory, connection),
    );
    this.#opening.add(opening);
    return opening
      .addBoth((result) => {
        this.#opening.delete(opening);
        return result as Listener;
      })
      .addCallback((listener) => {
        factory.doStart();
        const opened = new Port(listener, () => {
          this.#ports.delete(opened);
          factory.doStop();
        });
        this.#ports.add(opened);
        return opened;
      });
  }

  connectTCP(
    host: string,
    port: number,
    factory: ClientProtocolFactory,
    options: ConnectOptions = {},
  ): Connector {
    if (!isPort(port) || port === 0) {
      throw new BadOptionError(`${port} is not a port to connect to (1 to 65535)`);
    }
    const { timeout = 30, bindAddress } = options;
    const connector = new TCPConnector({
      loop: this.#loop,
      factory,
      timeout,
      destination: { host, port },
      dial: () =>
        this.#closing
          ? fail(new ConnectError("the reactor is stopping"))
          : this.#driver.dial({ host, port, bindAddress }),
      began: () => {
        if (!this.#closing) this.#connectors.add(connector);
      },
      connected: (connection) => this.#connections.add(connection),
      ended: (connection) => {
        this.#connectors.delete(connector);
        if (connection !== undefined) this.#connections.delete(connection);
        this.#checkEmpty();
      },
    });
    connector.connect();
    return connector;
  }

  /**
   * Closes every port, gives up every attempt, and closes every connection with ConnectionLost:
   * those that cannot send what was written to them in a moment are cut off.
   */
  disconnectAll(): Deferred<void> {
    this.#closing = true;
    const emptied = (this.#emptied = new Deferred<void>());
    for (const opening of this.#opening) opening.cancel();
    const ports = [...this.#ports].map((port) => port.stopListening());
    for (const connector of this.#connectors) connector.stopConnecting();
    for (const connection of this.#connections) {
      connection.loseConnection(new ConnectionLostError("the reactor has stopped"));
    }
    const deadline = this.#loop.callLater(DRAIN_SECONDS, () => {
      for (const connection of this.#connections) connection.abortConnection();
    });
    this.#checkEmpty();
    return emptied.addCallback(() => {
      if (deadline.active) deadline.cancel();
      return ports.reduce((all, port) => all.addCallback(() => port), succeed<void>(undefined));
    });
  }

  /** The run has ended: what comes now is for the next one. */
  reopen(): void {
    this.#closing = false;
  }

  #accept(factory: ProtocolFactory, connection: StreamConnection): void {
    try {
      const protocol = factory.buildProtocol(connection.getPeer());
      if (protocol !== null) {
        this.#connections.add(connection);
        connection.start(protocol, () => {
          this.#connections.delete(connection);
          this.#checkEmpty();
        });
        return;
      }
    } catch (error) {
      this.#loop.reportError(error, "building a protocol for a connection");
    }
    connection.refuse();
  }

  #checkEmpty(): void {
    const emptied = this.#emptied;
    if (emptied === undefined || this.#connections.size + this.#connectors.size > 0) return;
    this.#emptied = undefined;
    emptied.callback();
  }
}

class Port implements ListeningPort {
  readonly #listener: Listener;
  readonly #closed: () => void;
  #open = true;
  /** Those who asked for the end, and were not told yet. */
  #waiting: Deferred<void>[] | undefined = undefined;

  constructor(listener: Listener, closed: () => void) {
    this.#listener = listener;
    this.#closed = closed;
  }

  getHost(): TCPAddress {
    return this.#listener.address;
  }

  stopListening(): Deferred<void> {
    if (!this.#open) return succeed(undefined);
    const waiter = new Deferred<void>();
    if (this.#waiting !== undefined) {
      this.#waiting.push(waiter);
      return waiter;
    }
    const waiters = (this.#waiting = [waiter]);
    this.#listener.close().addBoth(() => {
      this.#open = false;
      this.#closed();
      for (const told of waiters) told.callback();
    });
    return waiter;
  }
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 0 && port <= 65535;
}
