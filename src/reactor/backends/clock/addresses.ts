/** The addresses of the simulated network: one host that has all of them. */
import { canonicalIP, isIP, isIPv4 } from "../../../core/ip-address.ts";

/** The ports that are given out to those who ask for none in particular. */
export const EPHEMERAL_FIRST = 49152;
export const EPHEMERAL_LAST = 65535;

/** Everybody on the network. */
export const BROADCAST = "255.255.255.255";

/** Whether who listens on `listening` gets what is sent to `host`. */
export function covers(listening: string, host: string): boolean {
  // "::" takes both families, "0.0.0.0" its own.
  return listening === host || listening === "::" || (listening === "0.0.0.0" && isIPv4(host));
}

/** The address that is reached at `host`: one cannot be connected to "any". */
export function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  return host === "::" ? "::1" : host;
}

/** The address behind a name: here only localhost has one. */
export function addressOf(name: string): string | undefined {
  if (name.toLowerCase() === "localhost") return "127.0.0.1";
  return isIP(name) ? canonicalIP(name) : undefined;
}
