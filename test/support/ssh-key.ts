import { generateKeyPairSync } from "node:crypto";

/**
 * A fresh private key that ssh2 can read. Not by its own `generateKeyPairSync("ed25519")`: of those
 * keys, one in 256 is malformed by its own word.
 */
export function sshKey(): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return privateKey.export({ type: "sec1", format: "pem" }).toString();
}
