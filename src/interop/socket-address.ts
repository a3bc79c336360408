import { isIPv4 } from "../core/ip-address.ts";
import type { StreamAddress, TCPAddress } from "../reactor/transport.ts";

/** What net.Socket's address() gives. */
export interface SocketAddress {
  readonly address: string;
  readonly family: string | undefined;
  readonly port: number;
}

export function tcpAddress(address: StreamAddress | undefined): TCPAddress | undefined {
  return address?.type === "TCP" ? address : undefined;
}

/** The family of an IP address, as node:net calls it. */
export function family(host: string | undefined): string | undefined {
  if (host === undefined) return undefined;
  return isIPv4(host) ? "IPv4" : "IPv6";
}
