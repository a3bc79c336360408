import { BadOptionError } from "../core/errors.ts";
import { Deferred } from "../defer/deferred.ts";
import { TimeoutError } from "../defer/errors.ts";
import { maybeDeferred } from "../defer/maybe-deferred.ts";
import { Factory } from "../protocols/factory.ts";
import { SOCKS5Client, type SOCKS5Credentials } from "../protocols/socks/socks5-client.ts";
import type { ReactorTime } from "../reactor/capabilities.ts";
import { NoProtocolError } from "../reactor/errors.ts";
import { assertPort, assertTimeout } from "../reactor/stream-checks.ts";
import type { StreamProtocol } from "../reactor/transport.ts";
import type { ClientEndpoint, FactoryOf } from "./endpoint.ts";
import { ConnectingCancelledError } from "./errors.ts";

const TIMEOUT_SECONDS = 60;
const encoder = new TextEncoder();

export interface SOCKS5EndpointOptions {
  /** For a proxy that asks for a name and a password. */
  readonly credentials?: SOCKS5Credentials;
  /** Seconds until there must be a connection, the one with the proxy included; 60 unless given. */
  readonly timeout?: number;
}

/**
 * Connects to a host by way of a SOCKS5 proxy, which looks the name up. The factory's protocol gets
 * the connection when the proxy has connected; `transport.getPeer()` is the proxy.
 *
 * ```ts no-run
 * import { HostnameEndpoint, SOCKS5ClientEndpoint } from "skein/endpoints";
 * import { Factory, Protocol, SOCKSError } from "skein/protocols";
 * import { createReactor } from "skein/reactor";
 *
 * const reactor = createReactor("libuv");
 * const proxy = new HostnameEndpoint(reactor, "localhost", 1080);
 * const endpoint = new SOCKS5ClientEndpoint(reactor, proxy, "db.example", 5432);
 * endpoint.connect(Factory.forProtocol(Protocol)).addErrback((failure) => {
 *   failure.trap(SOCKSError);
 *   console.log(failure.message); // the proxy has not connected to db.example:5432: …
 * });
 * void reactor.run();
 * ```
 *
 * Fails as the proxy's endpoint does; with SOCKSError, whose `reply` is the proxy's; with
 * TimeoutError; with BadFrameError for what is no SOCKS5 proxy. The factory is in use from
 * connect() on, until that has failed, or the connection has ended.
 */
export class SOCKS5ClientEndpoint implements ClientEndpoint {
  readonly #clock: Pick<ReactorTime, "callLater">;
  readonly #proxy: ClientEndpoint;
  readonly #host: string;
  readonly #port: number;
  readonly #credentials: SOCKS5Credentials | undefined;
  readonly #timeout: number;

  /** @throws BadOptionError for a host, port, time, name or password that is none. */
  constructor(
    clock: Pick<ReactorTime, "callLater">,
    proxy: ClientEndpoint,
    host: string,
    port: number,
    { credentials, timeout = TIMEOUT_SECONDS }: SOCKS5EndpointOptions = {},
  ) {
    assertText("host", host);
    assertPort(port, 1);
    assertTimeout(timeout);
    if (credentials !== undefined) {
      assertText("username", credentials.username);
      assertText("password", credentials.password);
    }
    this.#clock = clock;
    this.#proxy = proxy;
    this.#host = host;
    this.#port = port;
    this.#credentials = credentials;
    this.#timeout = timeout;
  }

  connect<P extends StreamProtocol>(factory: FactoryOf<P>): Deferred<P> {
    const where = `${this.#host}:${this.#port}`;
    const connected = new Deferred<P>(() => {
      connected.errback(new ConnectingCancelledError(where));
      connecting.cancel();
    });
    const timer = this.#clock.callLater(this.#timeout, () => {
      const why = `no connection to ${where} by SOCKS5 in ${this.#timeout} seconds`;
      connected.errback(new TimeoutError(why));
      connecting.cancel();
    });
    const client = new SOCKS5Client(this.#host, this.#port, this.#credentials);
    const dialled: Deferred<SOCKS5Client> = maybeDeferred(() =>
      this.#proxy.connect(new InUse(factory, client)),
    );
    const connecting = dialled
      .addCallback(() => client.connected)
      .addCallback(() => {
        const protocol = introduce(factory, client, where);
        if (!connected.called) connected.callback(protocol);
      })
      .addErrback((failure) => {
        if (!connected.called) connected.errback(failure);
      })
      .addBoth(() => {
        if (timer.active) timer.cancel();
      });
    return connected;
  }
}

/** Uses the user's factory for as long as the proxy's endpoint uses it. */
class InUse extends Factory<SOCKS5Client> {
  readonly #factory: FactoryOf<StreamProtocol>;
  readonly #client: SOCKS5Client;

  constructor(factory: FactoryOf<StreamProtocol>, client: SOCKS5Client) {
    super();
    this.#factory = factory;
    this.#client = client;
  }

  override startFactory(): void {
    this.#factory.doStart();
  }

  override stopFactory(): void {
    this.#factory.doStop();
  }

  override buildProtocol(): SOCKS5Client {
    return this.#client;
  }
}

/** Gives the connection to the protocol that the user's factory builds. */
function introduce<P extends StreamProtocol>(
  factory: FactoryOf<P>,
  client: SOCKS5Client,
  where: string,
): P {
  const { transport } = client;
  try {
    const protocol = factory.buildProtocol(transport.getPeer());
    if (protocol === null) throw new NoProtocolError(where);
    transport.setProtocol(protocol, client.takeUnread());
    return protocol;
  } catch (error) {
    transport.abortConnection(error as Error);
    throw error;
  }
}

function assertText(what: string, text: string): void {
  const { length } = encoder.encode(text);
  if (length >= 1 && length <= 255) return;
  throw new BadOptionError(`a ${what} for SOCKS5 has 1 to 255 bytes, not ${length}`);
}
