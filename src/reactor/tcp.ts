/**
 * listenTCP and connectTCP, made from what a backend can do: listen, and dial. The rules on
 * factories, ports and connectors are here, so that they are the same on every backend.
 */
import { BadOptionError } from "../core/errors.ts";
import { Deferred } from "../defer/deferred.ts";
import type { Failure } from "../defer/failure.ts";
import { fail, succeed } from "../defer/maybe-deferred.ts";
import type { Loop } from "./backend.ts";
import type { ConnectOptions, DelayedCall, ListenOptions, ReactorTCP } from "./capabilities.ts";
import { type ConnectorOwner, TCPConnector } from "./connector.ts";
import { ConnectionLostError, ReactorNotRunningError } from "./errors.ts";
import { Port } from "./port.ts";
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

export class TCP implements ReactorTCP, ConnectorOwner {
  readonly #loop: Loop;
  readonly #driver: StreamDriver;
  readonly #opening = new Set<Deferred<unknown>>();
  readonly #ports = new Set<Port>();
  readonly #connectors = new Set<TCPConnector>();
  readonly #connections = new Set<StreamConnection>();
  /** While everything is disconnected: nothing new is begun. */
  #closing:
    { readonly emptied: Deferred<void>; readonly deadline: DelayedCall | undefined } | undefined =
    undefined;

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
    assertPort(port, 0);
    if (this.#closing !== undefined) return fail(new ReactorNotRunningError());
    const opening = this.#whenRunning(() =>
      this.#driver.listen({ host, port, backlog }, (connection) =>
        this.#accept(factory, connection),
      ),
    );
    this.#opening.add(opening);
    const forget = <R>(result: R): R => {
      this.#opening.delete(opening);
      return result;
    };
    return opening
      .addCallbacks(forget, (failure: Failure) => forget(failure))
      .addCallback((listener) => this.#open(listener, factory));
  }

  connectTCP(
    host: string,
    port: number,
    factory: ClientProtocolFactory,
    options: ConnectOptions = {},
  ): Connector {
    const { timeout = 30, bindAddress } = options;
    assertPort(port, 1);
    if (!(timeout > 0 && timeout < Infinity)) {
      throw new BadOptionError(`a timeout must be a number of seconds over 0, not ${timeout}`);
    }
    const connector = new TCPConnector({
      loop: this.#loop,
      factory,
      timeout,
      destination: { host, port },
      dial: () => this.#whenRunning(() => this.#driver.dial({ host, port, bindAddress })),
      owner: this,
    });
    connector.connect();
    return connector;
  }

  /**
   * Closes every port, gives up every attempt, and closes every connection with ConnectionLost:
   * those whose peers have not taken what was written in `drainSeconds` are cut off.
   */
  disconnectAll(): Deferred<void> {
    const emptied = new Deferred<void>();
    const { drainSeconds } = this.#loop;
    const cutOffAll = (): void => {
      for (const connection of this.#connections) {
        const left = `${connection.bufferedBytes} bytes were not taken`;
        connection.cutOff(
          new ConnectionLostError(`the reactor has stopped: in ${drainSeconds} seconds ${left}`),
        );
      }
    };
    const deadline =
      drainSeconds === Infinity ? undefined : this.#loop.callLater(drainSeconds, cutOffAll);
    this.#closing = { emptied, deadline };
    for (const opening of this.#opening) opening.cancel();
    const ports = [...this.#ports].map((port) => port.stopListening());
    for (const connector of this.#connectors) connector.stopConnecting();
    for (const connection of this.#connections) {
      connection.loseConnection(new ConnectionLostError("the reactor has stopped"));
    }
    this.#checkEmpty();
    return emptied.addCallback(() => {
      return ports.reduce((all, port) => all.addCallback(() => port), succeed<void>(undefined));
    });
  }

  /** The run has ended: what comes now is for the next one. */
  reopen(): void {
    if (this.#closing?.deadline?.active === true) this.#closing.deadline.cancel();
    this.#closing = undefined;
  }

  // --- ConnectorOwner ---

  began(connector: TCPConnector): void {
    if (this.#closing !== undefined) throw new ReactorNotRunningError();
    this.#connectors.add(connector);
  }

  connected(connection: StreamConnection): void {
    this.#connections.add(connection);
  }

  lost(connection: StreamConnection): void {
    this.#connections.delete(connection);
  }

  ended(connector: TCPConnector): void {
    this.#connectors.delete(connector);
    this.#checkEmpty();
  }

  // --- parts ---

  /** Sockets are opened while the reactor runs, so that none lives before or after. */
  #whenRunning<T>(open: () => Deferred<T>): Deferred<T> {
    let opening: Deferred<T> | undefined;
    const opened = new Deferred<T>(() => opening?.cancel());
    this.#loop.callWhenRunning(() => {
      if (opened.called) return;
      opening = open();
      opening.addBoth((result) => opened.callback(result));
    });
    return opened;
  }

  #open(listener: Listener, factory: ProtocolFactory): Port | Deferred<never> {
    const port = new Port(listener, () => {
      this.#ports.delete(port);
      try {
        factory.doStop();
      } catch (error) {
        this.#loop.reportError(error, "calling a factory's doStop");
      }
    });
    this.#ports.add(port);
    try {
      factory.doStart();
      return port;
    } catch (error) {
      this.#ports.delete(port);
      return listener.close().addCallback(() => fail(error));
    }
  }

  #accept(factory: ProtocolFactory, connection: StreamConnection): void {
    try {
      const protocol = factory.buildProtocol(connection.getPeer());
      if (protocol !== null) {
        this.connected(connection);
        const ended = (): void => {
          this.lost(connection);
          this.#checkEmpty();
        };
        connection.start(protocol, ended, this.#loop);
        return;
      }
    } catch (error) {
      this.#loop.reportError(error, "building a protocol for a connection");
    }
    connection.refuse();
  }

  #checkEmpty(): void {
    if (this.#closing === undefined || this.#connections.size + this.#connectors.size > 0) return;
    const { emptied, deadline } = this.#closing;
    if (emptied.called) return;
    if (deadline?.active === true) deadline.cancel();
    emptied.callback();
  }
}

/** @throws BadOptionError */
export function assertPort(port: number, least: number): void {
  if (Number.isInteger(port) && port >= least && port <= 65535) return;
  throw new BadOptionError(`${port} is not a port (a whole number from ${least} to 65535)`);
}
