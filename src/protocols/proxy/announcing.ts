import { bytesOf } from "../../core/bytes.ts";
import type { StreamAddress, StreamProtocol } from "../../reactor/transport.ts";
import { ProtocolWrapper } from "../policies/protocol-wrapper.ts";
import { type AnyFactory, WrappingFactory } from "../policies/wrapping-factory.ts";
import { type ProxyTLV, TLV } from "./proxy-header.ts";
import { formatV1 } from "./proxy-header-v1.ts";
import { formatV2 } from "./proxy-header-v2.ts";

/** What a proxy's header is to say. */
export interface ProxyHeaderOptions {
  /** 2 unless given. */
  readonly version?: 1 | 2;
  /** "local" is about the proxy itself; "proxy" unless given. Version 1 cannot say it: UNKNOWN. */
  readonly command?: "proxy" | "local";
  /** The client's address; unknown unless both this and `destination` are given, of one type. */
  readonly source?: StreamAddress;
  /** The address that the client has connected to. */
  readonly destination?: StreamAddress;
  /** The protocol that was agreed on with the client; version 2 only, as all that follows. */
  readonly alpn?: string;
  /** The host that the client has asked for. */
  readonly authority?: string;
  /** 128 bytes at most. */
  readonly uniqueId?: Uint8Array;
  /** Whatever else. */
  readonly tlvs?: readonly ProxyTLV[];
  /** Whether there is to be a checksum; unless true, there is none. */
  readonly checksum?: boolean;
}

/**
 * The header of the PROXY protocol that says this, to be sent before anything else.
 *
 * ```ts
 * import { proxyHeader } from "skein/protocols";
 *
 * const header = proxyHeader({
 *   version: 1,
 *   source: { type: "TCP", host: "192.0.2.1", port: 4321 },
 *   destination: { type: "TCP", host: "192.0.2.9", port: 25 },
 * });
 * console.log(JSON.stringify(new TextDecoder().decode(header)));
 * // → "PROXY TCP4 192.0.2.1 192.0.2.9 4321 25\r\n"
 * ```
 *
 * @throws BadOptionError for what there is no room for, or an address that is none.
 */
export function proxyHeader(options: ProxyHeaderOptions): Uint8Array {
  const { version = 2, command = "proxy", source, destination, checksum = false } = options;
  if (version === 1) {
    return bytesOf(command === "local" ? formatV1() : formatV1(source, destination));
  }
  const said: readonly (readonly [number, string | Uint8Array | undefined])[] = [
    [TLV.ALPN, options.alpn],
    [TLV.AUTHORITY, options.authority],
    [TLV.UNIQUE_ID, options.uniqueId],
  ];
  const tlvs = said.flatMap(([type, value]) =>
    value === undefined ? [] : [{ type, value: bytesOf(value) }],
  );
  return formatV2(command, source, destination, [...tlvs, ...(options.tlvs ?? [])], checksum);
}

/**
 * A client's factory that announces each of its connections to a server behind a proxy, by a PROXY
 * header: the server sees the client that `options` name.
 *
 * ```ts no-run
 * import { announcing, ClientFactory, Protocol } from "skein/protocols";
 * import { createReactor } from "skein/reactor";
 *
 * const reactor = createReactor("libuv");
 * const source = { type: "TCP", host: "192.0.2.1", port: 4321 } as const;
 * const destination = { type: "TCP", host: "192.0.2.9", port: 25 } as const;
 * const factory = ClientFactory.forProtocol(Protocol);
 * reactor.connectTCP("10.0.0.5", 25, announcing(factory, { source, destination }));
 * ```
 *
 * @throws BadOptionError as proxyHeader() does.
 */
export function announcing(factory: AnyFactory, options: ProxyHeaderOptions): WrappingFactory {
  return new AnnouncingFactory(factory, proxyHeader(options));
}

class AnnouncingFactory extends WrappingFactory {
  readonly #header: Uint8Array;

  constructor(factory: AnyFactory, header: Uint8Array) {
    super(factory);
    this.#header = header;
  }

  protected override wrap(protocol: StreamProtocol): StreamProtocol {
    return new Announcing(protocol, this.#header);
  }
}

class Announcing extends ProtocolWrapper {
  readonly #header: Uint8Array;

  constructor(protocol: StreamProtocol, header: Uint8Array) {
    super(protocol);
    this.#header = header;
  }

  override connectionMade(): void {
    this.transport.write(this.#header);
  }
}
