/** Networks of IP addresses: `10.0.0.0/8`, `2001:db8::/32`. */
import { BadOptionError } from "./errors.ts";
import { isIP } from "./ip-address.ts";
import { bytesOfIP, ipOfBytes } from "./ip-bytes.ts";

interface Network {
  readonly bytes: Uint8Array;
  readonly prefixBits: number;
}

/**
 * Whether an IP address is in one of the networks; an address alone is a network of one.
 *
 * @throws BadOptionError for what is no network.
 */
export function ipMatcher(networks: readonly string[]): (host: string) => boolean {
  const parsed = networks.map(parseNetwork);
  return (host) => {
    if (!isIP(host)) return false;
    const bytes = bytesOfIP(host);
    return parsed.some((network) => contains(network, bytes));
  };
}

/** The network of `prefixBits` that an IP address is in, as text; the address itself for all. */
export function networkOf(host: string, prefixBits: number): string {
  const bytes = bytesOfIP(host);
  if (prefixBits >= bytes.length * 8) return ipOfBytes(bytes);
  return `${ipOfBytes(masked(bytes, prefixBits))}/${prefixBits}`;
}

function parseNetwork(network: string): Network {
  const [host = "", prefix, ...more] = network.split("/");
  const bytes = isIP(host) ? bytesOfIP(host) : new Uint8Array(0);
  const bits = bytes.length * 8;
  const prefixBits = prefix === undefined ? bits : Number(prefix);
  const good = bits > 0 && more.length === 0 && (prefix === undefined || /^\d{1,3}$/.test(prefix));
  if (!good || prefixBits > bits) {
    throw new BadOptionError(
      `${JSON.stringify(network)} is no network: it is written as 10.0.0.0/8, or as an IP address`,
    );
  }
  return { bytes: masked(bytes, prefixBits), prefixBits };
}

function contains({ bytes, prefixBits }: Network, address: Uint8Array): boolean {
  if (address.length !== bytes.length) return false;
  return masked(address, prefixBits).every((byte, i) => byte === bytes[i]);
}

function masked(bytes: Uint8Array, prefixBits: number): Uint8Array {
  return bytes.map((byte, i) => {
    const kept = Math.min(Math.max(prefixBits - 8 * i, 0), 8);
    return byte & (0xff00 >> kept);
  });
}
