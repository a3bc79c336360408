import { promisify } from "node:util";
import zlib from "node:zlib";
import { virtualTimeOf } from "../../reactor/virtual-time.ts";
import type { Encoding } from "./accept-encoding.ts";

/** Of what it has compressed, so much is kept. */
const KEPT_BYTES = 16 * 1024 * 1024;
/** About the price of gzip, for less bytes. */
const QUALITY = { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } };

const brotli = promisify(zlib.brotliCompress);
const gzip = promisify(zlib.gzip);

/** Compresses files, each once, and keeps what was used last. */
export class Compressor {
  readonly #compress: (bytes: Uint8Array, encoding: Encoding) => Promise<Uint8Array>;
  /** In the order of their last use. */
  readonly #kept = new Map<string, Uint8Array>();
  readonly #underWay = new Map<string, Promise<Uint8Array>>();
  #keptBytes = 0;

  /** On virtual time it is done at once: a trace must not tell how busy the threads were. */
  constructor(reactor: object) {
    this.#compress =
      virtualTimeOf(reactor) === undefined
        ? (bytes, encoding) => (encoding === "br" ? brotli(bytes, QUALITY) : gzip(bytes))
        : (bytes, encoding) =>
            Promise.resolve(
              encoding === "br" ? zlib.brotliCompressSync(bytes, QUALITY) : zlib.gzipSync(bytes),
            );
  }

  /** @param version which one it is: path, and its ETag. */
  async compressed(
    version: string,
    encoding: Encoding,
    read: () => Promise<Uint8Array>,
  ): Promise<Uint8Array> {
    const key = `${encoding} ${version}`;
    const kept = this.#kept.get(key);
    if (kept !== undefined) {
      this.#kept.delete(key);
      this.#kept.set(key, kept);
      return kept;
    }
    const others = this.#underWay.get(key);
    if (others !== undefined) return others;
    const work = read().then((bytes) => this.#compress(bytes, encoding));
    this.#underWay.set(key, work);
    try {
      const bytes = await work;
      this.#keep(key, bytes);
      return bytes;
    } finally {
      this.#underWay.delete(key);
    }
  }

  #keep(key: string, bytes: Uint8Array): void {
    this.#kept.set(key, bytes);
    this.#keptBytes += bytes.length;
    for (const [oldest, { length }] of this.#kept) {
      if (this.#keptBytes <= KEPT_BYTES) return;
      this.#kept.delete(oldest);
      this.#keptBytes -= length;
    }
  }
}
