/** The server's side of SCRAM-SHA-256 (RFC 5802, RFC 7677), as a client needs it. */
import { createHash, createHmac, pbkdf2Sync, timingSafeEqual } from "node:crypto";

const ITERATIONS = 4096;

export interface ScramServer {
  /** The answer to the client's first message. */
  readonly first: string;
  /** The answer to its last one; undefined for a wrong password. */
  last(message: string): string | undefined;
}

/** @param nonce the server's part of it: what is given, so that a simulation can repeat it. */
export function scramServer(
  password: string,
  clientFirst: string,
  { nonce, salt }: { readonly nonce: string; readonly salt: Buffer },
): ScramServer {
  const bare = clientFirst.replace(/^[ny],[^,]*,/, "");
  const full = fieldOf(bare, "r") + nonce;
  const first = `r=${full},s=${salt.toString("base64")},i=${ITERATIONS}`;
  return {
    first,
    last(message) {
      const unsigned = message.slice(0, message.lastIndexOf(",p="));
      if (fieldOf(message, "r") !== full) return undefined;
      const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, "sha256");
      const signed = `${bare},${first},${unsigned}`;
      const clientKey = hmac(salted, "Client Key");
      const signature = hmac(createHash("sha256").update(clientKey).digest(), signed);
      const proof = Buffer.from(fieldOf(message, "p"), "base64");
      const expected = Buffer.from(clientKey.map((byte, i) => byte ^ (signature[i] as number)));
      if (proof.length !== expected.length || !timingSafeEqual(proof, expected)) return undefined;
      return `v=${hmac(hmac(salted, "Server Key"), signed).toString("base64")}`;
    },
  };
}

function fieldOf(message: string, name: string): string {
  const field = message.split(",").find((part) => part.startsWith(`${name}=`));
  return field?.slice(2) ?? "";
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
