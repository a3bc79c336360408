/** IP addresses as bytes, as they are on the wire. */
import { canonicalIP, isIPv4, unmapped } from "./ip-address.ts";

/**
 * 4 bytes or 16. The address must be one; a zone (`%eth0`) is not in its bytes. An IPv4 address in
 * IPv6 form is IPv4.
 */
export function bytesOfIP(host: string): Uint8Array {
  const address = unmapped(host);
  if (isIPv4(address)) return Uint8Array.from(address.split("."), Number);
  const [head = "", tail] = canonicalIP(address).split("%", 1).join("").split("::", 2);
  const [first, last] = [groupsOf(head), groupsOf(tail ?? "")];
  const bytes = new Uint8Array(16);
  first.forEach((group, i) => setGroup(bytes, i, group));
  last.forEach((group, i) => setGroup(bytes, 8 - last.length + i, group));
  return isMapped(bytes) ? bytes.subarray(12) : bytes;
}

/** The address that 4 bytes are, or 16. An IPv4 address in IPv6 form is IPv4. */
export function ipOfBytes(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  if (isMapped(bytes)) return bytes.subarray(12).join(".");
  const groups = Array.from({ length: 8 }, (_, i) =>
    ((bytes[2 * i] as number) * 256 + (bytes[2 * i + 1] as number)).toString(16),
  );
  return canonicalIP(groups.join(":"));
}

function groupsOf(text: string): number[] {
  return text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));
}

function setGroup(bytes: Uint8Array, index: number, group: number): void {
  bytes[2 * index] = group >> 8;
  bytes[2 * index + 1] = group & 255;
}

function isMapped(bytes: Uint8Array): boolean {
  return bytes.every((byte, i) => i > 11 || byte === (i < 10 ? 0 : 255));
}
