/** What SOCKS5 is made of (RFC 1928, RFC 1929): numbers, and addresses. */
import type { ByteQueue } from "../../core/byte-queue.ts";
import { bytesOf, concat } from "../../core/bytes.ts";
import { isIP } from "../../core/ip-address.ts";
import { bytesOfIP, ipOfBytes } from "../../core/ip-bytes.ts";
import type { StreamAddress } from "../../reactor/transport.ts";
import { BadFrameError } from "../errors.ts";

export const VERSION = 5;
/** Of the sub-negotiation about a password. */
export const PASSWORD_VERSION = 1;
export const CONNECT = 1;

export const METHOD: { readonly NONE: 0; readonly PASSWORD: 2; readonly UNACCEPTABLE: 0xff } = {
  NONE: 0,
  PASSWORD: 2,
  UNACCEPTABLE: 0xff,
};

export const REPLY: {
  readonly SUCCEEDED: 0;
  readonly FAILED: 1;
  readonly NOT_ALLOWED: 2;
  readonly NETWORK_UNREACHABLE: 3;
  readonly HOST_UNREACHABLE: 4;
  readonly REFUSED: 5;
  readonly EXPIRED: 6;
  readonly COMMAND_UNKNOWN: 7;
  readonly ADDRESS_UNKNOWN: 8;
} = {
  SUCCEEDED: 0,
  FAILED: 1,
  NOT_ALLOWED: 2,
  NETWORK_UNREACHABLE: 3,
  HOST_UNREACHABLE: 4,
  REFUSED: 5,
  EXPIRED: 6,
  COMMAND_UNKNOWN: 7,
  ADDRESS_UNKNOWN: 8,
};

export const REPLY_TEXTS: readonly string[] = [
  "it has connected",
  "it has failed",
  "its rules do not allow it",
  "the network cannot be reached",
  "the host cannot be reached, or is not known",
  "nobody listens there",
  "there was no answer in time",
  "it cannot do that",
  "it does not know this kind of address",
];

const IPV4 = 1;
const NAME = 3;
const IPV6 = 4;
/** A name that a resolver may be asked about. */
const PRINTABLE = /^[\x21-\x7e]+$/;
const latin1 = new TextDecoder("latin1");

/** An address and a port as they are sent: an IP address, or a name. */
export interface SOCKSAddress {
  readonly host: string;
  readonly port: number;
}

/** A request, or a reply to one: they have the same form. */
export interface SOCKSCommand {
  /** The command, or the reply. */
  readonly code: number;
  /** Undefined when it is of a kind that is not known: where it ends is not known either. */
  readonly address: SOCKSAddress | undefined;
}

/**
 * Takes a request, or a reply, if all of it is there.
 *
 * @throws BadFrameError, as soon as it can be no such thing.
 */
export function takeCommand(queue: ByteQueue, what: string): SOCKSCommand | undefined {
  const { bytes } = queue;
  assertVersion(bytes, VERSION, what);
  const [, code, , type, nameLength] = bytes;
  if (code === undefined || type === undefined) return undefined;
  if (type !== IPV4 && type !== NAME && type !== IPV6) return { code, address: undefined };
  if (type === NAME && nameLength === undefined) return undefined;
  const start = type === NAME ? 5 : 4;
  const length = type === IPV4 ? 4 : type === IPV6 ? 16 : (nameLength as number);
  const end = start + length + 2;
  if (bytes.length < end) return undefined;
  queue.drop(end);
  const host = bytes.subarray(start, end - 2);
  const text = type === NAME ? latin1.decode(host) : ipOfBytes(host);
  if (!PRINTABLE.test(text)) throw new BadFrameError(what, "the name in it is none");
  return { code, address: { host: text, port: uint16(bytes, end - 2) } };
}

export function formatCommand(code: number, host: string, port: number): Uint8Array {
  return concat([
    Uint8Array.of(VERSION, code, 0),
    formatHost(host),
    Uint8Array.of(port >> 8, port & 255),
  ]);
}

/** A reply, with the address from which it is connected. */
export function formatReply(reply: number, from?: StreamAddress): Uint8Array {
  return from?.type === "TCP"
    ? formatCommand(reply, from.host, from.port)
    : formatCommand(reply, "0.0.0.0", 0);
}

/** Text behind its length in one byte; it must be no longer. */
export function formatText(text: string): Uint8Array {
  const bytes = bytesOf(text);
  return concat([Uint8Array.of(bytes.length), bytes]);
}

/** @throws BadFrameError unless the first byte, if there is one, is the version. */
export function assertVersion(bytes: Uint8Array, version: number, what: string): void {
  if (bytes.length === 0 || bytes[0] === version) return;
  throw new BadFrameError(what, `it begins with ${bytes[0]}, not ${version}`);
}

function formatHost(host: string): Uint8Array {
  if (!isIP(host)) return concat([Uint8Array.of(NAME), formatText(host)]);
  const bytes = bytesOfIP(host);
  return concat([Uint8Array.of(bytes.length === 4 ? IPV4 : IPV6), bytes]);
}

function uint16(bytes: Uint8Array, at: number): number {
  return (bytes[at] as number) * 256 + (bytes[at + 1] as number);
}
