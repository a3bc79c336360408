import { ByteQueue } from "../../core/byte-queue.ts";
import type { Decoder } from "../decoder.ts";
import { FrameTooLongError } from "../errors.ts";
import { type ProxyHeader, SIGNATURE } from "./proxy-header.ts";
import { parseV1, V1_MAX_BYTES } from "./proxy-header-v1.ts";
import { lengthOfV2, parseV2, V2_FIXED_BYTES } from "./proxy-header-v2.ts";
import { bad } from "./proxy-tlvs.ts";

/** Room for all that proxies say. */
export const HEADER_MAX_BYTES = 4096;
const V1_BEGINNING = new TextEncoder().encode("PROXY ");
const NEWLINE = 10;
const latin1 = new TextDecoder("latin1");

/**
 * The header at the beginning of a connection, by version 1 or 2 of the PROXY protocol: one frame,
 * and no other. What follows it is the rest.
 *
 * ```ts
 * import { ProxyHeaderDecoder } from "skein/protocols";
 *
 * const decoder = new ProxyHeaderDecoder();
 * decoder.push(new TextEncoder().encode("PROXY TCP4 192.0.2.1 192.0.2.9 4321 25\r\nEHLO"));
 * console.log(decoder.next()?.source); // → { type: 'TCP', host: '192.0.2.1', port: 4321 }
 * console.log(decoder.takeRest().length); // → 4
 * ```
 */
export class ProxyHeaderDecoder implements Decoder<ProxyHeader> {
  readonly #maxBytes: number;
  readonly #queue = new ByteQueue();
  #done = false;

  /** @param maxBytes the most that a header of version 2 may have. */
  constructor(maxBytes: number = HEADER_MAX_BYTES) {
    this.#maxBytes = maxBytes;
  }

  push(data: Uint8Array): void {
    this.#queue.push(data);
  }

  next(): ProxyHeader | undefined {
    const { bytes } = this.#queue;
    if (this.#done || bytes.length === 0) return undefined;
    if (beginsLike(bytes, SIGNATURE)) return this.#nextV2(bytes);
    if (beginsLike(bytes, V1_BEGINNING)) return this.#nextV1(bytes);
    throw bad("there was something else");
  }

  takeRest(): Uint8Array {
    return this.#queue.takeAll();
  }

  #nextV1(bytes: Uint8Array): ProxyHeader | undefined {
    const end = bytes.subarray(0, V1_MAX_BYTES).indexOf(NEWLINE);
    if (end < 0) {
      if (bytes.length >= V1_MAX_BYTES) throw bad(`the line has over ${V1_MAX_BYTES} bytes`);
      return undefined;
    }
    const line = latin1.decode(bytes.subarray(0, end));
    if (!line.endsWith("\r")) throw bad("the line does not end by CR and LF");
    return this.#found(parseV1(line.slice(0, -1)), end + 1);
  }

  #nextV2(bytes: Uint8Array): ProxyHeader | undefined {
    if (bytes.length < V2_FIXED_BYTES) return undefined;
    const length = lengthOfV2(bytes);
    if (length > this.#maxBytes) throw new FrameTooLongError(length, this.#maxBytes);
    if (bytes.length < length) return undefined;
    return this.#found(parseV2(bytes.subarray(0, length)), length);
  }

  #found(header: ProxyHeader, length: number): ProxyHeader {
    this.#queue.drop(length);
    this.#done = true;
    return header;
  }
}

/** As far as there are bytes. */
function beginsLike(bytes: Uint8Array, beginning: Uint8Array): boolean {
  return beginning.every((byte, i) => i >= bytes.length || bytes[i] === byte);
}
