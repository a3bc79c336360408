/** What a proxy says about a connection that it hands on, by the PROXY protocol. */
import type { StreamAddress } from "../../reactor/transport.ts";

/** Something more that version 2 can say: a type and its value. */
export interface ProxyTLV {
  readonly type: number;
  readonly value: Uint8Array;
}

/** The TLS that the client speaks with the proxy. */
export interface ProxySSL {
  /** Whether the client goes by TLS. */
  readonly overTLS: boolean;
  /** Whether it has shown a certificate: on this connection, or in this session. */
  readonly certificateShown: boolean;
  readonly certificateShownInSession: boolean;
  /** Whether it has shown one that the proxy believes. */
  readonly verified: boolean;
  /** "TLSv1.3", say. */
  readonly version: string | undefined;
  /** Of the client's certificate. */
  readonly commonName: string | undefined;
  readonly cipher: string | undefined;
  readonly signatureAlgorithm: string | undefined;
  readonly keyAlgorithm: string | undefined;
}

export interface ProxyHeader {
  readonly version: 1 | 2;
  /** "local": the proxy speaks for itself, to see whether anybody is there. */
  readonly command: "proxy" | "local";
  /**
   * Who has connected to the proxy; undefined where it speaks for itself, or does not know
   * (UNKNOWN): then the connection's own addresses are all there is.
   */
  readonly source: StreamAddress | undefined;
  /** Where to. */
  readonly destination: StreamAddress | undefined;
  /** All of version 2's, in their order, those that have fields of their own here too. */
  readonly tlvs: readonly ProxyTLV[];
  /** The protocol that client and proxy have agreed on. */
  readonly alpn: string | undefined;
  /** The host that the client asked for (SNI). */
  readonly authority: string | undefined;
  readonly uniqueId: Uint8Array | undefined;
  readonly ssl: ProxySSL | undefined;
  /** The network namespace. */
  readonly netns: string | undefined;
}

export const TLV: {
  readonly ALPN: 0x01;
  readonly AUTHORITY: 0x02;
  readonly CRC32C: 0x03;
  readonly NOOP: 0x04;
  readonly UNIQUE_ID: 0x05;
  readonly SSL: 0x20;
  readonly NETNS: 0x30;
} = {
  ALPN: 0x01,
  AUTHORITY: 0x02,
  CRC32C: 0x03,
  NOOP: 0x04,
  UNIQUE_ID: 0x05,
  SSL: 0x20,
  NETNS: 0x30,
};

/** What a header of version 2 begins with: nothing that a protocol of text could. */
export const SIGNATURE: Uint8Array = new TextEncoder().encode("\r\n\r\n\0\r\nQUIT\n");

/** The room for a path in an address of version 2. */
export const UNIX_PATH_BYTES = 108;
