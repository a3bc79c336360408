/** Version 1 of the PROXY protocol: a line of text. */
import { BadOptionError } from "../../core/errors.ts";
import { isIP, isIPv4, isIPv6 } from "../../core/ip-address.ts";
import type { StreamAddress, TCPAddress } from "../../reactor/transport.ts";
import type { ProxyHeader } from "./proxy-header.ts";
import { bad, saidBy } from "./proxy-tlvs.ts";

/** The most bytes that a line may have, with its end. */
export const V1_MAX_BYTES = 107;
const PORT = /^(?:0|[1-9]\d{0,4})$/;

/** @param line without its end. @throws BadFrameError */
export function parseV1(line: string): ProxyHeader {
  const [name, family, ...fields] = line.split(" ");
  const common = { version: 1, command: "proxy", ...saidBy([]) } as const;
  if (name !== "PROXY") throw bad("it begins with another word than PROXY");
  // What may follow this is to be ignored.
  if (family === "UNKNOWN") return { ...common, source: undefined, destination: undefined };
  const [source = "", destination = "", sourcePort = "", destinationPort = ""] = fields;
  const isAddress = family === "TCP4" ? isIPv4 : isIPv6;
  const good =
    (family === "TCP4" || family === "TCP6") &&
    fields.length === 4 &&
    [source, destination].every((host) => isAddress(host) && !host.includes("%")) &&
    [sourcePort, destinationPort].every((port) => PORT.test(port) && Number(port) < 65536);
  if (!good) throw bad(`the line means nothing: ${JSON.stringify(line)}`);
  return {
    ...common,
    source: { type: "TCP", host: source, port: Number(sourcePort) },
    destination: { type: "TCP", host: destination, port: Number(destinationPort) },
  };
}

/**
 * The line, with its end. Addresses that it cannot say are UNKNOWN.
 *
 * @throws BadOptionError for hosts that are no IP addresses.
 */
export function formatV1(source?: StreamAddress, destination?: StreamAddress): string {
  if (!isTCP(source) || !isTCP(destination)) return "PROXY UNKNOWN\r\n";
  const [from, to] = [withoutZone(source.host), withoutZone(destination.host)];
  for (const host of [from, to]) {
    if (!isIP(host)) throw new BadOptionError(`${JSON.stringify(host)} is no IP address`);
  }
  const both4 = isIPv4(from) && isIPv4(to);
  // Of two families, both are written as IPv6.
  const [first, second] = both4 ? [from, to] : [asIPv6(from), asIPv6(to)];
  const family = both4 ? "TCP4" : "TCP6";
  return `PROXY ${family} ${first} ${second} ${source.port} ${destination.port}\r\n`;
}

function isTCP(address: StreamAddress | undefined): address is TCPAddress {
  return address?.type === "TCP";
}

function asIPv6(host: string): string {
  return isIPv4(host) ? `::ffff:${host}` : host;
}

function withoutZone(host: string): string {
  return host.replace(/%.*/, "");
}
