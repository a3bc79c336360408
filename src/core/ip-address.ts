/** IP addresses as text: which texts are some, and which mean the same. */

const IPV4_PART = /^(?:0|[1-9]\d{0,2})$/;
/** How an IPv4 address is written as an IPv6 one. */
const MAPPED = /^::ffff:(?=[\d.]+$)/i;

export function isIPv4(host: string): boolean {
  const parts = host.split(".");
  return parts.length === 4 && parts.every((part) => IPV4_PART.test(part) && Number(part) < 256);
}

/** With or without a zone: `fe80::1%eth0`. */
export function isIPv6(host: string): boolean {
  const [address = "", zone] = host.split("%", 2);
  // The URL parser knows what an IPv6 address is.
  return zone !== "" && address.includes(":") && URL.canParse(`tcp://[${address}]`);
}

export function isIP(host: string): boolean {
  return isIPv4(host) || isIPv6(host);
}

/** The one text for all that mean the same IP address. An IPv4 address in IPv6 form is IPv4. */
export function canonicalIP(host: string): string {
  const address = unmapped(host).toLowerCase();
  if (isIPv4(address)) return address;
  const [ip = "", zone] = address.split("%", 2);
  const canonical = new URL(`http://[${ip}]`).hostname.slice(1, -1);
  return zone === undefined ? canonical : `${canonical}%${zone}`;
}

/** An IPv4 address as such, also where a socket for both families writes `::ffff:1.2.3.4`. */
export function unmapped(host: string): string {
  return host.replace(MAPPED, "");
}

/** Whether it is the address of a group: 224.0.0.0/4, ff00::/8. */
export function isMulticast(host: string): boolean {
  const address = unmapped(host);
  if (!isIPv4(address)) return /^ff/i.test(address);
  const first = Number(address.split(".", 1)[0]);
  return first >= 224 && first < 240;
}

/** Whether it leads nowhere but back here: 127.0.0.0/8, ::1, and any address of the zone `lo`. */
export function isLoopback(host: string): boolean {
  const address = canonicalIP(host);
  return isIPv4(address) ? address.startsWith("127.") : /^::1(?:%|$)|%lo\d*$/.test(address);
}
