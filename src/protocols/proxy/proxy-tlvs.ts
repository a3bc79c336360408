/** The part of a header of version 2 behind the addresses: types, lengths and values. */
import { crc32c } from "../../core/crc32c.ts";
import { BadFrameError } from "../errors.ts";
import { type ProxyHeader, type ProxySSL, type ProxyTLV, TLV } from "./proxy-header.ts";

const decoder = new TextDecoder();
const OVER_TLS = 1;
const SHOWN = 2;
const SHOWN_IN_SESSION = 4;
const SSL_VERSION = 0x21;
const SSL_COMMON_NAME = 0x22;
const SSL_CIPHER = 0x23;
const SSL_SIGNATURE = 0x24;
const SSL_KEY = 0x25;

/** @throws BadFrameError for one that is cut off. */
export function parseTLVs(bytes: Uint8Array): ProxyTLV[] {
  const tlvs: ProxyTLV[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = at + 3 > bytes.length ? Infinity : uint16(bytes, at + 1);
    if (at + 3 + length > bytes.length) throw bad("a TLV is cut off");
    tlvs.push({ type: bytes[at] as number, value: bytes.subarray(at + 3, at + 3 + length) });
    at += 3 + length;
  }
  return tlvs;
}

type Said = Pick<ProxyHeader, "tlvs" | "alpn" | "authority" | "uniqueId" | "ssl" | "netns">;

/** What they say, as fields. @throws BadFrameError */
export function saidBy(tlvs: readonly ProxyTLV[]): Said {
  const ssl = find(tlvs, TLV.SSL);
  return {
    tlvs,
    alpn: textOf(tlvs, TLV.ALPN),
    authority: textOf(tlvs, TLV.AUTHORITY),
    uniqueId: find(tlvs, TLV.UNIQUE_ID),
    ssl: ssl && parseSSL(ssl),
    netns: textOf(tlvs, TLV.NETNS),
  };
}

/** @throws BadFrameError for a checksum that is not that of the header, with zeros in its place. */
export function assertChecksum(header: Uint8Array, tlvs: readonly ProxyTLV[]): void {
  const value = find(tlvs, TLV.CRC32C);
  if (value === undefined) return;
  if (value.length !== 4) throw bad("its checksum has not 4 bytes");
  const at = value.byteOffset - header.byteOffset;
  const checksum = crc32c(header.subarray(0, at), new Uint8Array(4), header.subarray(at + 4));
  if (checksum !== uint16(value, 0) * 0x10000 + uint16(value, 2)) {
    throw bad("its checksum is wrong");
  }
}

export function uint16(bytes: Uint8Array, at: number): number {
  return (bytes[at] as number) * 256 + (bytes[at + 1] as number);
}

export function bad(why: string): BadFrameError {
  return new BadFrameError("PROXY header", why);
}

function parseSSL(value: Uint8Array): ProxySSL {
  if (value.length < 5) throw bad("what it says of TLS is cut off");
  const client = value[0] as number;
  const parts = parseTLVs(value.subarray(5));
  return {
    overTLS: (client & OVER_TLS) !== 0,
    certificateShown: (client & SHOWN) !== 0,
    certificateShownInSession: (client & SHOWN_IN_SESSION) !== 0,
    // 0 means that it was; what was not shown was not verified, whatever is said.
    verified: (client & (SHOWN | SHOWN_IN_SESSION)) !== 0 && value.subarray(1, 5).every(isZero),
    version: textOf(parts, SSL_VERSION),
    commonName: textOf(parts, SSL_COMMON_NAME),
    cipher: textOf(parts, SSL_CIPHER),
    signatureAlgorithm: textOf(parts, SSL_SIGNATURE),
    keyAlgorithm: textOf(parts, SSL_KEY),
  };
}

function find(tlvs: readonly ProxyTLV[], type: number): Uint8Array | undefined {
  return tlvs.find((tlv) => tlv.type === type)?.value;
}

function textOf(tlvs: readonly ProxyTLV[], type: number): string | undefined {
  const value = find(tlvs, type);
  return value && decoder.decode(value);
}

function isZero(byte: number): boolean {
  return byte === 0;
}
