import { TimeoutError } from "../../defer/errors.ts";
import type { ReactorCore, ReactorTime } from "../../reactor/capabilities.ts";
import { peerOf } from "../../reactor/end-of.ts";
import type { StreamAddress, StreamProtocol, Transport } from "../../reactor/transport.ts";
import { FramedProtocol } from "../framed-protocol.ts";
import type { AddressPredicate } from "../policies/access-factory.ts";
import { ProtocolWrapper } from "../policies/protocol-wrapper.ts";
import { assertSeconds, ResettableTimeout } from "../policies/resettable-timeout.ts";
import { ThrottledConnection } from "../policies/throttled-connection.ts";
import { type AnyFactory, WrappingFactory } from "../policies/wrapping-factory.ts";
import type { ProxyHeader } from "./proxy-header.ts";
import { HEADER_MAX_BYTES, ProxyHeaderDecoder } from "./proxy-header-decoder.ts";

/** A proxy's header is in its first packet; this is time to send that once more. */
const TIMEOUT_SECONDS = 5;

export interface ProxiedOptions {
  /**
   * Who is a proxy, by the connection's own address; everybody unless given. Others are refused:
   * whoever is trusted can claim to be anybody.
   */
  readonly trusted?: AddressPredicate;
  /** Seconds until the header must be there; 5 unless given. */
  readonly timeout?: number;
  /** The most bytes that a header may have; 4096 unless given. */
  readonly maxHeaderBytes?: number;
}

/**
 * A factory behind a proxy that speaks the PROXY protocol, version 1 or 2 (haproxy's `send-proxy`
 * and `send-proxy-v2`): to `factory`, and to the protocols that it builds, connections are the
 * clients', with the addresses that the proxy announces.
 *
 * ```ts
 * import { Factory, inNetworks, Protocol, proxied } from "skein/protocols";
 * import { createReactor } from "skein/reactor";
 * import { LineClient } from "skein/testing";
 *
 * class Greeter extends Protocol {
 *   override connectionMade(): void {
 *     const peer = this.transport.getPeer();
 *     this.transport.write(`hello, ${"host" in peer ? peer.host : peer.name}\n`);
 *   }
 * }
 * const reactor = createReactor("clock");
 * const stopped = reactor.run();
 * const factory = proxied(reactor, Factory.forProtocol(Greeter), {
 *   trusted: inNetworks(["127.0.0.1"]),
 * });
 * await reactor.listenTCP(7000, factory);
 * const proxy = await LineClient.dial(reactor, 7000);
 * proxy.transport.write("PROXY TCP4 192.0.2.1 192.0.2.9 4321 25\r\n");
 * console.log(await proxy.heard("hello")); // → hello, 192.0.2.1
 *
 * const other = await LineClient.dial(reactor, 7000);
 * other.say("hello?"); // no header: it is closed, with BadFrameError as the reason
 * await other.ended;
 * reactor.stop();
 * await stopped;
 * ```
 *
 * A protocol is built when the header is there. A connection without one ends: by BadFrameError,
 * FrameTooLongError or TimeoutError. Of a connection that the proxy makes for itself (LOCAL, to see
 * whether anybody is there), or about which it knows nothing (UNKNOWN), the addresses are its own.
 * What more a header of version 2 says is told by {@link proxyHeaderOf}.
 *
 * Policies that look at addresses belong inside: `proxied(reactor, new
 * LimitConnectionsByPeer(factory, 10))`.
 */
export function proxied(
  reactor: Pick<ReactorTime, "callLater"> & Pick<ReactorCore, "reportError">,
  factory: AnyFactory,
  options: ProxiedOptions = {},
): WrappingFactory {
  return new ProxiedFactory(reactor, factory, options);
}

/** What the proxy has said of a connection, however many policies are around it. */
export function proxyHeaderOf(transport: Transport): ProxyHeader | undefined {
  let at = transport;
  for (;;) {
    if (at instanceof ProxiedConnection) return at.header;
    if (!(at instanceof ProtocolWrapper) && !(at instanceof ThrottledConnection)) return undefined;
    at = at.transport;
  }
}

class ProxiedFactory extends WrappingFactory {
  readonly #clock: Pick<ReactorTime, "callLater">;
  readonly #trusted: AddressPredicate;
  readonly #timeout: number;
  readonly #maxHeaderBytes: number;

  constructor(
    clock: Pick<ReactorTime, "callLater">,
    factory: AnyFactory,
    { trusted = () => true, timeout = TIMEOUT_SECONDS, maxHeaderBytes }: ProxiedOptions,
  ) {
    super(factory);
    assertSeconds(timeout);
    this.#clock = clock;
    this.#trusted = trusted;
    this.#timeout = timeout;
    this.#maxHeaderBytes = maxHeaderBytes ?? HEADER_MAX_BYTES;
  }

  override buildProtocol(address: StreamAddress): StreamProtocol | null {
    if (!this.#trusted(address)) return null;
    const decoder = new ProxyHeaderDecoder(this.#maxHeaderBytes);
    return new HeaderReceiver(this.wrappedFactory, decoder, this.#clock, this.#timeout);
  }
}

/** Has the connection until the header is there. */
class HeaderReceiver extends FramedProtocol<ProxyHeader> {
  override readonly decoder: ProxyHeaderDecoder;
  readonly #factory: AnyFactory;
  readonly #deadline: ResettableTimeout;
  readonly #timeout: number;

  constructor(
    factory: AnyFactory,
    decoder: ProxyHeaderDecoder,
    clock: Pick<ReactorTime, "callLater">,
    timeout: number,
  ) {
    super();
    this.#factory = factory;
    this.decoder = decoder;
    this.#timeout = timeout;
    this.#deadline = new ResettableTimeout(clock, () => this.#tooLate());
  }

  override connectionMade(): void {
    this.#deadline.start(this.#timeout);
  }

  override frameReceived(header: ProxyHeader): void {
    this.#deadline.stop();
    const peer = header.source ?? this.transport.getPeer();
    // Who forgets to return one has none.
    const protocol = this.#factory.buildProtocol(peer) ?? null;
    if (protocol === null) this.transport.loseConnection();
    else this.transport.setProtocol(new ProxiedConnection(protocol, header), this.takeUnread());
  }

  override connectionLost(): void {
    this.#deadline.stop();
  }

  #tooLate(): void {
    const why = `sent no PROXY header in ${this.#timeout} seconds`;
    this.transport.loseConnection(new TimeoutError(`${peerOf(this.transport)} ${why}`));
  }
}

class ProxiedConnection extends ProtocolWrapper {
  readonly header: ProxyHeader;

  constructor(protocol: StreamProtocol, header: ProxyHeader) {
    super(protocol);
    this.header = header;
  }

  override getPeer(): StreamAddress {
    return this.header.source ?? super.getPeer();
  }

  override getHost(): StreamAddress {
    return this.header.destination ?? super.getHost();
  }
}
