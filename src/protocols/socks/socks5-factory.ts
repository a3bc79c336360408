import type { Deferred } from "../../defer/deferred.ts";
import type { Reactor } from "../../reactor/capabilities.ts";
import { assertTimeout } from "../../reactor/stream-checks.ts";
import type { StreamAddress } from "../../reactor/transport.ts";
import { Factory } from "../factory.ts";
import { SOCKS5Server } from "./socks5-server.ts";

const TIMEOUT_SECONDS = 10;
const CONNECT_TIMEOUT_SECONDS = 30;

/** Where a client wants to go. */
export interface SOCKS5Target {
  /** As the client has said it: a name, or an IP address. */
  readonly host: string;
  readonly port: number;
  /** The IP address that is to be connected to: of a name, each of those behind it. */
  readonly address: string;
  /** Who wants it. */
  readonly peer: StreamAddress;
  /** Undefined where no password was asked for. */
  readonly username: string | undefined;
}

export interface SOCKS5Options {
  /**
   * Whether a client may come in by this name and password, now or later; unless given, none is
   * asked for. If it fails, the client is refused, and the error reported.
   */
  readonly authenticate?: (
    username: string,
    password: string,
  ) => boolean | Deferred<boolean> | Promise<boolean>;
  /**
   * Whether a client may go there; everywhere unless given. It is asked for each address behind a
   * name: a rule about addresses (no loopback, no private networks) cannot be evaded by a name.
   */
  readonly allow?: (target: SOCKS5Target) => boolean;
  /** Seconds that a client has until its request is there; 10 unless given. */
  readonly timeout?: number;
  /** Seconds that connecting to an address may take; 30 unless given. */
  readonly connectTimeout?: number;
}

/**
 * A SOCKS5 proxy (RFC 1928, RFC 1929): clients say where they want to go, and are connected. Names
 * are looked up by the reactor's resolver; of BIND and UDP ASSOCIATE clients are told that it
 * cannot do that.
 *
 * ```ts
 * import { SOCKS5ClientEndpoint, HostnameEndpoint } from "skein/endpoints";
 * import { Echo, Factory, LineReceiver, SOCKS5Factory } from "skein/protocols";
 * import { createReactor } from "skein/reactor";
 *
 * class Client extends LineReceiver {
 *   override connectionMade(): void {
 *     this.sendLine("hello");
 *   }
 *   override lineReceived(line: string): void {
 *     console.log(line);
 *   }
 * }
 * const reactor = createReactor("clock", { names: { "echo.example": "10.0.0.5" } });
 * await reactor.advance(0);
 * reactor.listenTCP(7, Factory.forProtocol(Echo), { interface: "10.0.0.5" });
 * reactor.listenTCP(1080, new SOCKS5Factory(reactor, { allow: ({ port }) => port === 7 }));
 *
 * const proxy = new HostnameEndpoint(reactor, "127.0.0.1", 1080);
 * new SOCKS5ClientEndpoint(reactor, proxy, "echo.example", 7).connect(Factory.forProtocol(Client));
 * new SOCKS5ClientEndpoint(reactor, proxy, "echo.example", 25)
 *   .connect(Factory.forProtocol(Client))
 *   .addErrback((failure) => console.log(failure.message));
 * await reactor.advance(1);
 * // → SOCKSError: the proxy has not connected to echo.example:25: its rules do not allow it
 * // → hello
 * ```
 *
 * Whoever can reach it can go wherever this machine can, unless `authenticate` and `allow` say
 * otherwise: listen on a loopback address, or put an AccessFactory around it.
 */
export class SOCKS5Factory extends Factory<SOCKS5Server> {
  readonly #reactor: Reactor<"tcp" | "names">;
  readonly #options: Required<Pick<SOCKS5Options, "timeout" | "connectTimeout">> & SOCKS5Options;

  /** @throws BadOptionError for times that are none. */
  constructor(reactor: Reactor<"tcp" | "names">, options: SOCKS5Options = {}) {
    super();
    const { timeout = TIMEOUT_SECONDS, connectTimeout = CONNECT_TIMEOUT_SECONDS } = options;
    for (const seconds of [timeout, connectTimeout]) assertTimeout(seconds);
    this.#reactor = reactor;
    this.#options = { ...options, timeout, connectTimeout };
  }

  override buildProtocol(): SOCKS5Server {
    return new SOCKS5Server(this.#reactor, this.#options);
  }
}
