/**
 * What pg's client needs of WebCrypto for SCRAM-SHA-256, without the threads that it is done in:
 * virtual time does not wait for those.
 */
import { createHash, createHmac, pbkdf2Sync, randomFillSync, webcrypto } from "node:crypto";

type Bytes = NodeJS.ArrayBufferView | ArrayBuffer;

const instant = {
  importKey: async (_format: string, key: Bytes): Promise<Buffer> => bufferOf(key),
  deriveBits: async (
    { salt, iterations }: { readonly salt: Bytes; readonly iterations: number },
    password: Buffer,
    bits: number,
  ): Promise<Buffer> => pbkdf2Sync(password, bufferOf(salt), iterations, bits / 8, "sha256"),
  sign: async (_algorithm: string, key: Buffer, data: Bytes): Promise<Buffer> =>
    createHmac("sha256", key).update(bufferOf(data)).digest(),
  digest: async (_algorithm: string, data: Bytes): Promise<Buffer> =>
    createHash("sha256").update(bufferOf(data)).digest(),
};

/** From now on; returns the way back. Random bytes are those of node:crypto's randomFillSync(). */
export function replaceWebCrypto(): () => void {
  const { subtle } = webcrypto;
  const methods = Object.entries({ ...instant });
  for (const [name, value] of methods) define(subtle, name, value);
  define(webcrypto, "getRandomValues", (view: Uint8Array) => randomFillSync(view));
  return () => {
    for (const [name] of methods) Reflect.deleteProperty(subtle, name);
    Reflect.deleteProperty(webcrypto, "getRandomValues");
  };
}

/** Over the one that it inherits. */
function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true });
}

function bufferOf(bytes: Bytes): Buffer {
  if (bytes instanceof ArrayBuffer) return Buffer.from(bytes);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
