/**
 * listenTCP, connectTCP and their kin, made from a backend's listening and dialling: the rules on
 * factories, ports and connectors, the same on every backend and for every kind of stream.
 */
import { isIP } from "../core/ip-address.ts";
import type { Deferred } from "../defer/deferred.ts";
import type { Failure } from "../defer/failure.ts";
import { fail, succeed } from "../defer/fired.ts";
import type { Loop } from "./backend.ts";
import type {
  ConnectOptions,
  ListenOptions,
  ReactorAdopt,
  ReactorTCP,
  ReactorTLS,
  ReactorUNIX,
  UNIXConnectOptions,
  UNIXListenOptions,
} from "./capabilities.ts";
import { Closing } from "./closing.ts";
import { type ConnectorOwner, StreamConnector } from "./connector.ts";
import { undrained } from "./end-of.ts";
import { NoCapabilityError, ReactorNotRunningError, ReactorStoppedError } from "./errors.ts";
import type { ReactorNames } from "./names.ts";
import { OpenConnections } from "./open-connections.ts";
import { Openings } from "./openings.ts";
import { Port } from "./port.ts";
import { dialHost } from "./resolve-host.ts";
import { type Origin, securable, SecurableConnection } from "./securable-connection.ts";
import {
  adoptRequest,
  assertFactory,
  assertPort,
  assertTimeout,
  listenTCPRequest,
  listenUNIXRequest,
  whereOf,
} from "./stream-checks.ts";
import type { StreamConnection } from "./stream-connection.ts";
import { tellFactory } from "./tell-factory.ts";
import type { Traffic } from "./traffic.ts";
import type {
  AddressFamily,
  DialRequest,
  Listener,
  ListenRequest,
  StreamDriver,
  StreamKind,
} from "./stream-driver.ts";
import type { TLSClientOptions, TLSContext, TLSProvider, TLSServerOptions } from "./tls.ts";
import type {
  ClientProtocolFactory,
  Connector,
  Destination,
  ListeningPort,
  ProtocolFactory,
  StreamAddress,
  UNIXAddress,
} from "./transport.ts";
import { assertUNIXName, textOf } from "./unix-name.ts";
import { whenRunning } from "./when-running.ts";

/** The streams of a reactor. A backend offers those of its methods that its driver can do. */
export class Streams<K extends StreamKind = "tcp">
  implements ReactorTCP, ReactorUNIX, ReactorTLS, ReactorAdopt, ConnectorOwner
{
  readonly #loop: Loop;
  /** Asked for the kinds that its backend claims. */
  readonly #driver: StreamDriver<StreamKind>;
  readonly #names: ReactorNames | undefined;
  /** The same for all connections that are accepted. */
  readonly #serverOrigin: Origin;
  readonly #openings: Openings;
  readonly #ports = new Set<Port<StreamAddress>>();
  readonly #connectors = new Set<StreamConnector>();
  readonly #connections: OpenConnections;
  /** Those of them that have no protocol yet. */
  readonly #handshaking = new Set<StreamConnection>();
  /** While everything is disconnected: nothing new is begun. */
  readonly #closing: Closing;

  /** @param names who is asked about host names; without it they are the driver's affair. */
  constructor(loop: Loop, driver: StreamDriver<K>, names?: ReactorNames) {
    this.#loop = loop;
    this.#openings = new Openings(loop);
    this.#connections = new OpenConnections(loop);
    this.#closing = new Closing(loop);
    this.#names = names;
    this.#driver = driver as unknown as StreamDriver<StreamKind>;
    this.#serverOrigin = { side: "server", host: undefined, tls: driver.tls, clock: loop };
  }

  // --- ReactorTCP ---

  listenTCP(
    port: number,
    factory: ProtocolFactory,
    options: ListenOptions = {},
  ): Deferred<ListeningPort> {
    return this.#listen(listenTCPRequest(port, options), factory);
  }

  connectTCP(
    host: string,
    port: number,
    factory: ClientProtocolFactory,
    options: ConnectOptions = {},
  ): Connector<TCPDestination> {
    assertPort(port, 1);
    const dial = (): Deferred<StreamConnection> => this.#dialTCP(host, port, options);
    return this.connectBy({ host, port }, factory, options, dial);
  }

  // --- ReactorTLS ---

  listenSSL(
    port: number,
    factory: ProtocolFactory,
    tls: TLSServerOptions,
    options: ListenOptions = {},
  ): Deferred<ListeningPort> {
    return this.#listen(listenTCPRequest(port, options), factory, this.tlsProvider.server(tls));
  }

  connectSSL(
    host: string,
    port: number,
    factory: ClientProtocolFactory,
    tls: TLSClientOptions = {},
    options: ConnectOptions = {},
  ): Connector<TCPDestination> {
    assertPort(port, 1);
    const context = this.tlsProvider.client({ serverName: host, ...tls });
    const dial = (): Deferred<StreamConnection> =>
      this.#dialTCP(host, port, options).addCallback((connection) =>
        securable(connection).secure(context),
      );
    return this.connectBy({ host, port }, factory, options, dial);
  }

  get tlsProvider(): TLSProvider {
    if (this.#driver.tls !== undefined) return this.#driver.tls;
    throw new NoCapabilityError("TLS", "of this reactor", "tls", []);
  }

  // --- ReactorUNIX ---

  listenUNIX(
    name: string,
    factory: ProtocolFactory,
    options: UNIXListenOptions = {},
  ): Deferred<ListeningPort<UNIXAddress>> {
    return this.#listen(listenUNIXRequest(name, options), factory);
  }

  connectUNIX(
    name: string,
    factory: ClientProtocolFactory,
    options: UNIXConnectOptions = {},
  ): Connector<UNIXAddress> {
    assertUNIXName(name);
    const dial = (): Deferred<StreamConnection> => this.#dial({ kind: "unix", name }, undefined);
    return this.connectBy({ type: "UNIX", name }, factory, options, dial);
  }

  // --- ReactorAdopt ---

  adoptStreamPort(
    descriptor: number,
    family: AddressFamily,
    factory: ProtocolFactory,
  ): Deferred<ListeningPort<StreamAddress>> {
    return this.#listen(adoptRequest(descriptor, family), factory);
  }

  // --- for all of them ---

  /** Connects by a way of its own, which no driver knows. */
  connectBy<D extends Destination>(
    destination: D,
    factory: ClientProtocolFactory,
    { timeout = 30 }: { timeout?: number },
    dial: () => Deferred<StreamConnection>,
  ): Connector<D> {
    assertTimeout(timeout);
    const connector = new StreamConnector<D>({
      loop: this.#loop,
      factory,
      timeout,
      destination,
      dial: () => whenRunning(this.#loop, dial),
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
    const { drainSeconds } = this.#loop;
    const emptied = this.#closing.begin(drainSeconds, () => {
      for (const connection of this.#connections) {
        connection.cutOff(undrained(connection, drainSeconds));
      }
    });
    this.#openings.cancelAll();
    const ports = [...this.#ports].map((port) => port.stopListening());
    for (const connector of this.#connectors) connector.stopConnecting();
    // Nobody has written anything to these.
    for (const connection of this.#handshaking) connection.abortConnection();
    for (const connection of this.#connections) {
      connection.loseConnection(new ReactorStoppedError());
    }
    this.#checkEmpty();
    return emptied.addCallback(() => {
      return ports.reduce((all, port) => all.addCallback(() => port), succeed<void>(undefined));
    });
  }

  /** See `Driver.drain`. */
  drain(seconds: number): Deferred<number> {
    this.#openings.cancelAll();
    return this.#connections.drain([...this.#ports], seconds);
  }

  traffic(): Traffic {
    return this.#connections.traffic();
  }

  /** The run has ended: what comes now is for the next one. */
  reopen(): void {
    this.#closing.reopen();
    this.#connections.endDraining();
  }

  // --- ConnectorOwner ---

  began(connector: StreamConnector): void {
    if (this.#closing.begun) throw new ReactorNotRunningError();
    // It may be connecting again, without having ended.
    if (this.#connectors.has(connector)) return;
    this.#connectors.add(connector);
    this.#loop.enter(connector);
  }

  connected(connection: StreamConnection): void {
    this.#connections.add(connection);
  }

  lost(connection: StreamConnection): void {
    this.#connections.ended(connection);
  }

  refuse(connection: StreamConnection): void {
    this.connected(connection);
    connection.refuse(this.#gone);
  }

  ended(connector: StreamConnector): void {
    this.#loop.leave(connector);
    this.#connectors.delete(connector);
    this.#checkEmpty();
  }

  // --- parts ---

  #listen<A extends StreamAddress>(
    request: ListenRequest,
    factory: ProtocolFactory,
    tls?: TLSContext,
  ): Deferred<ListeningPort<A>> {
    assertFactory(factory);
    if (this.#closing.begun) return fail(new ReactorNotRunningError());
    let listening: ListeningPort<A> | undefined;
    const closed = this.#loop.opened("port", () =>
      listening === undefined ? `${whereOf(request)}, to be opened` : textOf(listening.getHost()),
    );
    return this.#openings
      .begin(() =>
        this.#driver.listen(request, (connection) => this.#arrived(factory, connection, tls)),
      )
      .addCallback((listener) => this.#open<A>(listener, factory, closed))
      .addCallback((opened) => (listening = opened))
      .addErrback((failure: Failure) => {
        closed();
        return failure;
      });
  }

  #dialTCP(
    host: string,
    port: number,
    { bindAddress }: ConnectOptions,
  ): Deferred<StreamConnection> {
    const dial = (address: string): Deferred<StreamConnection> =>
      this.#dial({ kind: "tcp", host: address, port, bindAddress }, host);
    if (this.#names === undefined || isIP(host)) return dial(host);
    return dialHost(this.#loop, this.#names.nameResolver, host, bindAddress, dial);
  }

  #dial(request: DialRequest, host: string | undefined): Deferred<StreamConnection> {
    return this.#driver.dial(request).addCallback((connection) => {
      if (connection instanceof SecurableConnection) {
        connection.origin = { ...this.#serverOrigin, side: "client", host };
      }
      return connection;
    });
  }

  #open<A extends StreamAddress>(
    listener: Listener,
    factory: ProtocolFactory,
    closed: () => void,
  ): ListeningPort<A> | Deferred<never> {
    const port = new Port<A>(listener, () => {
      this.#ports.delete(port);
      closed();
      try {
        factory.doStop();
      } catch (error) {
        this.#loop.reportError(error, "calling a factory's doStop");
      }
    });
    this.#ports.add(port);
    try {
      factory.doStart();
      factory.listening?.(port);
      return port;
    } catch (error) {
      this.#ports.delete(port);
      return listener.close().addCallback(() => fail(error));
    }
  }

  #arrived(
    factory: ProtocolFactory,
    connection: StreamConnection,
    tls: TLSContext | undefined,
  ): void {
    if (connection instanceof SecurableConnection) connection.origin = this.#serverOrigin;
    if (tls === undefined) {
      this.#accept(factory, connection);
      return;
    }
    this.connected(connection);
    this.#handshaking.add(connection);
    const over = (): void => {
      this.#handshaking.delete(connection);
      this.#connections.delete(connection);
    };
    securable(connection)
      .secure(tls)
      .addCallbacks(
        () => {
          over();
          this.#accept(factory, connection);
        },
        (failure) => {
          over();
          factory.handshakeFailed?.(connection.getPeer(), failure);
          this.#checkEmpty();
        },
      )
      .addErrback((failure) => {
        this.#loop.reportError(failure.value, "calling a factory's handshakeFailed");
        this.#checkEmpty();
      });
  }

  #accept(factory: ProtocolFactory, connection: StreamConnection): void {
    try {
      // Who forgets to return one has none.
      const protocol = factory.buildProtocol(connection.getPeer()) ?? null;
      if (protocol !== null) {
        this.connected(connection);
        const gone = tellFactory(factory, connection, this.#gone, this.#loop);
        connection.start(protocol, gone, this.#loop);
        return;
      }
    } catch (error) {
      this.#loop.reportError(error, "building a protocol for a connection");
    }
    this.refuse(connection);
  }

  /** One for all connections that were accepted. */
  readonly #gone = (_reason: Failure, connection: StreamConnection): void => {
    this.lost(connection);
    this.#checkEmpty();
  };

  #checkEmpty(): void {
    if (this.#connections.size + this.#connectors.size === 0) this.#closing.done();
  }
}

type TCPDestination = Extract<Destination, { host: string }>;
