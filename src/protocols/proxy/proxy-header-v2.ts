/** Version 2 of the PROXY protocol: bytes. */
import { concat } from "../../core/bytes.ts";
import { crc32c } from "../../core/crc32c.ts";
import { BadOptionError } from "../../core/errors.ts";
import { isIP } from "../../core/ip-address.ts";
import { bytesOfIP, ipOfBytes } from "../../core/ip-bytes.ts";
import type { StreamAddress } from "../../reactor/transport.ts";
import {
  type ProxyHeader,
  type ProxyTLV,
  SIGNATURE,
  TLV,
  UNIX_PATH_BYTES,
} from "./proxy-header.ts";
import { assertChecksum, bad, parseTLVs, saidBy, uint16 } from "./proxy-tlvs.ts";

/** Signature, version and command, family, length. */
export const V2_FIXED_BYTES = 16;
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const UNSPEC = 0x00;
const TCP4 = 0x11;
const TCP6 = 0x21;
const UNIX_STREAM = 0x31;
const DATAGRAMS: readonly number[] = [0x12, 0x22, 0x32];

interface Ends {
  readonly source: StreamAddress | undefined;
  readonly destination: StreamAddress | undefined;
}

/** @param header all of it. @throws BadFrameError */
export function parseV2(header: Uint8Array): ProxyHeader {
  const [command, family] = [(header[12] as number) & 15, header[13] as number];
  if ((header[12] as number) >> 4 !== 2) throw bad("its version is not 2");
  if (command > 1) throw bad(`its command is ${command}`);
  const rest = header.subarray(V2_FIXED_BYTES);
  if (command === 0) {
    // Whatever it says is to be ignored.
    const none = { source: undefined, destination: undefined, ...saidBy([]) };
    return { version: 2, command: "local", ...none };
  }
  const [ends, length] = parseEnds(family, rest);
  const tlvs = parseTLVs(rest.subarray(length));
  assertChecksum(header, tlvs);
  return { version: 2, command: "proxy", ...ends, ...saidBy(tlvs) };
}

/** How long the whole header is, from its first 16 bytes. */
export function lengthOfV2(bytes: Uint8Array): number {
  return V2_FIXED_BYTES + uint16(bytes, 14);
}

/** @throws BadOptionError for what has no room in it. */
export function formatV2(
  command: ProxyHeader["command"],
  source: StreamAddress | undefined,
  destination: StreamAddress | undefined,
  tlvs: readonly ProxyTLV[],
  checksum: boolean,
): Uint8Array {
  const [family, addresses] =
    command === "local" ? [UNSPEC, new Uint8Array(0)] : formatEnds(source, destination);
  const sum = checksum ? [{ type: TLV.CRC32C, value: new Uint8Array(4) }] : [];
  const rest = concat([addresses, ...[...tlvs, ...sum].map(formatTLV)]);
  if (rest.length > 0xffff) {
    throw new BadOptionError(`a PROXY header has room for 65535 bytes, not ${rest.length}`);
  }
  const fixed = Uint8Array.of(
    ...SIGNATURE,
    command === "local" ? 0x20 : 0x21,
    family,
    rest.length >> 8,
    rest.length & 255,
  );
  const header = concat([fixed, rest]);
  if (checksum) new DataView(header.buffer).setUint32(header.length - 4, crc32c(header));
  return header;
}

function parseEnds(family: number, rest: Uint8Array): [Ends, number] {
  switch (family) {
    case TCP4:
      return [parseTCP(rest, 4), 12];
    case TCP6:
      return [parseTCP(rest, 16), 36];
    case UNIX_STREAM:
      return [parseUNIX(rest), 2 * UNIX_PATH_BYTES];
    case UNSPEC:
      // Addresses of a kind that is not known, if any: nobody can tell where TLVs would begin.
      return [{ source: undefined, destination: undefined }, rest.length];
    default: {
      const datagrams = DATAGRAMS.includes(family);
      throw bad(datagrams ? "it is about datagrams" : `its family is ${family}`);
    }
  }
}

function parseTCP(rest: Uint8Array, size: 4 | 16): Ends {
  if (rest.length < 2 * size + 4) throw bad("its addresses are cut off");
  const address = (i: 0 | 1): StreamAddress => ({
    type: "TCP",
    host: ipOfBytes(rest.subarray(i * size, (i + 1) * size)),
    port: uint16(rest, 2 * size + 2 * i),
  });
  return { source: address(0), destination: address(1) };
}

function parseUNIX(rest: Uint8Array): Ends {
  if (rest.length < 2 * UNIX_PATH_BYTES) throw bad("its addresses are cut off");
  const address = (i: 0 | 1): StreamAddress => {
    const room = rest.subarray(i * UNIX_PATH_BYTES, (i + 1) * UNIX_PATH_BYTES);
    // An abstract name begins with NUL.
    const end = room.indexOf(0, 1);
    const name = room[0] === 0 && (room[1] ?? 0) === 0 ? room.subarray(0, 0) : room;
    return { type: "UNIX", name: decoder.decode(end < 0 ? name : name.subarray(0, end)) };
  };
  return { source: address(0), destination: address(1) };
}

function formatEnds(source?: StreamAddress, destination?: StreamAddress): [number, Uint8Array] {
  if (source?.type === "TCP" && destination?.type === "TCP") {
    for (const { host } of [source, destination]) {
      if (!isIP(host)) throw new BadOptionError(`${JSON.stringify(host)} is no IP address`);
    }
    let hosts = [bytesOfIP(source.host), bytesOfIP(destination.host)];
    const family = hosts.every(({ length }) => length === 4) ? TCP4 : TCP6;
    if (family === TCP6) hosts = hosts.map(asIPv6);
    const ports = [source.port, destination.port].map((port) => Uint8Array.of(port >> 8, port));
    return [family, concat([...hosts, ...ports])];
  }
  if (source?.type === "UNIX" && destination?.type === "UNIX") {
    return [UNIX_STREAM, concat([source.name, destination.name].map(formatPath))];
  }
  return [UNSPEC, new Uint8Array(0)];
}

function formatPath(name: string): Uint8Array {
  const [path, room] = [encoder.encode(name), new Uint8Array(UNIX_PATH_BYTES)];
  if (path.length > room.length) throw new BadOptionError(`${name} is too long for a PROXY header`);
  room.set(path);
  return room;
}

function formatTLV({ type, value }: ProxyTLV): Uint8Array {
  if (value.length > 0xffff) {
    throw new BadOptionError(`a TLV has room for 65535 bytes, not ${value.length}`);
  }
  return concat([Uint8Array.of(type, value.length >> 8, value.length & 255), value]);
}

function asIPv6(bytes: Uint8Array): Uint8Array {
  if (bytes.length === 16) return bytes;
  const mapped = new Uint8Array(16).fill(255, 10, 12);
  mapped.set(bytes, 12);
  return mapped;
}
