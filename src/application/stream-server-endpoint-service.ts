import type { Deferred } from "../defer/deferred.ts";
import type { Failure } from "../defer/failure.ts";
import { inlineCallbacks } from "../defer/inline-callbacks.ts";
import type { ServerEndpoint } from "../endpoints/endpoint.ts";
import { WrappingFactory } from "../protocols/policies/wrapping-factory.ts";
import type {
  ListeningPort,
  ProtocolFactory,
  StreamAddress,
  StreamProtocol,
  Transport,
} from "../reactor/transport.ts";
import { textOf } from "../reactor/unix-name.ts";
import { Outstanding } from "./outstanding.ts";
import { assertSeconds, Service, type ServiceOptions } from "./service.ts";

export interface StreamServerOptions extends ServiceOptions {
  /** Seconds that connections have, when it stops, to end by themselves; 0 unless given. */
  readonly drainTimeout?: number;
  /** Seconds that they have then, being closed, to send what was written; 2 unless given. */
  readonly closeTimeout?: number;
}

const CLOSE_TIMEOUT_SECONDS = 2;

/**
 * Listens at an endpoint while it runs.
 *
 * ```ts
 * import { createReactor, Factory, Protocol, runService, serverFromString } from "skein";
 * import { StreamServerEndpointService } from "skein";
 * import { LineClient } from "skein/testing";
 *
 * class Greeter extends Protocol {
 *   override connectionMade(): void {
 *     this.transport.write("welcome\n");
 *   }
 * }
 *
 * const reactor = createReactor("clock");
 * const server = new StreamServerEndpointService(
 *   serverFromString(reactor, "tcp:7000:interface=127.0.0.1"),
 *   Factory.forProtocol(Greeter),
 *   { name: "web", drainTimeout: 10 },
 * );
 * server.onStateChange(({ state, detail }) => console.log(state, detail));
 * const stopped = reactor.run();
 * await runService(reactor, server);
 * const guest = await LineClient.dial(reactor, 7000);
 * await guest.heard("welcome");
 * reactor.stop();
 * await stopped;
 * // → starting
 * // → running
 * // → stopping
 * // → stopping closing the port
 * // → stopping draining: 1 connections
 * // → stopping closing: 1 connections
 * // → stopped
 * ```
 *
 * The stop takes one step after another, each of which is said to who observes the service: the
 * port is closed; connections have `drainTimeout` seconds to end by themselves, to which a factory
 * that has a `drain()`, such as a `Site` of `skein/web`, is told to see; those that are left are
 * closed, and have `closeTimeout` seconds to send what was written; those that have not are
 * aborted. At `stopTimeout` all are aborted at once. Whose TLS handshake ends when the stop has
 * begun is refused.
 *
 * It opens its port in privilegedStartService(), if that is called. Connections made until then are
 * accepted. Its start fails as the endpoint's `listen` does.
 */
export class StreamServerEndpointService extends Service {
  readonly #endpoint: ServerEndpoint;
  readonly #factory: Counted;
  readonly #drainTimeout: number;
  readonly #closeTimeout: number;
  readonly #connections: Outstanding<Transport> = new Outstanding();
  #port: ListeningPort<StreamAddress> | undefined = undefined;

  /** @throws BadOptionError */
  constructor(
    endpoint: ServerEndpoint,
    factory: ProtocolFactory,
    options: StreamServerOptions = {},
  ) {
    super(options);
    const { drainTimeout = 0, closeTimeout = CLOSE_TIMEOUT_SECONDS } = options;
    assertSeconds("drainTimeout", drainTimeout);
    assertSeconds("closeTimeout", closeTimeout);
    this.#endpoint = endpoint;
    this.#drainTimeout = drainTimeout;
    this.#closeTimeout = closeTimeout;
    this.#factory = new Counted(factory, this.#connections);
  }

  /** Where it listens; undefined while it does not. */
  getHost(): StreamAddress | undefined {
    return this.#port?.getHost();
  }

  /** How many connections there are. */
  get connections(): number {
    return this.#connections.size;
  }

  protected override privilegedStart(): Deferred<void> {
    this.requireClock("its connections get time to end");
    this.#factory.accepting = true;
    return this.#endpoint.listen(this.#factory).addCallback((port) => {
      this.#port = port;
    });
  }

  protected override start(): Deferred<void> | undefined {
    return this.#port === undefined ? this.privilegedStart() : undefined;
  }

  protected override stop(): Deferred<void> {
    return this.#close();
  }

  protected override describe(): string {
    const host = this.getHost();
    if (host === undefined) return "";
    return `listening on ${textOf(host)}, ${this.connections} connections`;
  }

  readonly #close = inlineCallbacks(function* (
    this: StreamServerEndpointService,
  ): Generator<unknown, void, never> {
    // A handshake that is under way would end in a connection that nobody closes any more.
    this.#factory.accepting = false;
    try {
      const port = this.#port;
      this.#port = undefined;
      this.note("closing the port");
      yield port?.stopListening();
      if (this.connections > 0 && this.#drainTimeout > 0) this.#drain();
      yield this.#wait("draining", this.#drainTimeout, () => {});
      yield this.#wait("closing", this.#closeTimeout, (transport) => transport.loseConnection());
    } finally {
      // Also when the stop is given up.
      yield this.#wait("aborting", Infinity, (transport) => transport.abortConnection());
    }
  });

  /** Some factories know how to end their connections; that they have is seen by these. */
  #drain(): void {
    this.#factory.drain(this.#drainTimeout)?.addErrback(() => undefined);
  }

  /** Does something to the connections that are left, and waits until there are none. */
  #wait(
    step: string,
    seconds: number,
    act: (transport: Transport) => void,
  ): Deferred<void> | undefined {
    if (this.connections === 0 || seconds === 0) return undefined;
    this.note(`${step}: ${this.connections} connections`);
    for (const transport of this.#connections) act(transport);
    return this.#connections.whenEmpty(seconds, this.requireClock("its connections are closed"));
  }
}

/** A factory that keeps count of its connections, and may take no more. */
class Counted extends WrappingFactory {
  accepting = true;
  readonly #connections: Outstanding<Transport>;

  constructor(factory: ProtocolFactory, connections: Outstanding<Transport>) {
    super(factory);
    this.#connections = connections;
  }

  override buildProtocol(address: StreamAddress): StreamProtocol | null {
    return this.accepting ? super.buildProtocol(address) : null;
  }

  /** The factory is not told: the service closes the port, and says how long its end may take. */
  override listening(): void {}

  override connectionAccepted(transport: Transport): void {
    super.connectionAccepted(transport);
    this.#connections.add(transport);
  }

  override connectionEnded(transport: Transport, reason: Failure): void {
    this.#connections.delete(transport);
    super.connectionEnded(transport, reason);
  }
}
