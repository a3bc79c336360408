import { bytesOf } from "../core/bytes.ts";

/**
 * Whether what was given is the secret, in a time that depends on the length of what was given
 * alone: who tries does not learn how much of it is right.
 */
export function sameSecret(given: Uint8Array | string, secret: string): boolean {
  const [a, b] = [bytesOf(given), bytesOf(secret)];
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i % b.length] ?? 0);
  return difference === 0;
}
