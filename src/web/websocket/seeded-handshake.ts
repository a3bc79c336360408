import { createHash } from "node:crypto";
import { SeededRandom } from "../../core/random.ts";
import { ReactorSocket } from "../../interop/reactor-socket.ts";
import type { Reactor } from "../../reactor/capabilities.ts";
import type { VirtualTime } from "../../reactor/virtual-time.ts";

/** What the server puts behind the key, by RFC 6455. */
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const KEY_BYTES = 16;

const streams = new WeakMap<VirtualTime, SeededRandom>();

/** The chance of the WebSockets of a virtual time, by its seed. */
export function seededBytes(time: VirtualTime): (bytes: Uint8Array) => void {
  const random = streams.get(time) ?? new SeededRandom(time.seed, "websocket");
  streams.set(time, random);
  return (bytes) => {
    for (let i = 0; i < bytes.length; i++) bytes[i] = random.below(256);
  };
}

/**
 * A client's socket on virtual time. ws draws the key of its handshake from the system's chance,
 * and takes no other: on the wire it is one that comes from the seed.
 */
export class SeededSocket extends ReactorSocket {
  readonly #key: string;
  /** As ws knows it, and waits for the answer to. */
  #drawn: string | undefined = undefined;
  /** The server's answer, until its head is whole. */
  #head: Buffer | undefined = Buffer.alloc(0);

  constructor(reactor: Reactor<"tcp">, fill: (bytes: Uint8Array) => void) {
    super(reactor);
    const bytes = Buffer.alloc(KEY_BYTES);
    fill(bytes);
    this.#key = bytes.toString("base64");
  }

  override _write(
    chunk: Uint8Array,
    encoding: BufferEncoding,
    done: (error?: Error | null) => void,
  ): void {
    super._write(this.#drawn === undefined ? this.#replaceKey(chunk) : chunk, encoding, done);
  }

  override _writev(chunks: { chunk: Uint8Array }[], done: (error?: Error | null) => void): void {
    if (this.#drawn !== undefined) super._writev(chunks, done);
    else this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), "utf8", done);
  }

  override dataReceived(data: Uint8Array): void {
    if (this.#head === undefined) {
      super.dataReceived(data);
      return;
    }
    this.#head = Buffer.concat([this.#head, data]);
    if (!this.#head.includes("\r\n\r\n")) return;
    const answer = this.#head.toString("latin1");
    this.#head = undefined;
    const replaced = answer.replace(acceptOf(this.#key), acceptOf(this.#drawn ?? ""));
    super.dataReceived(Buffer.from(replaced, "latin1"));
  }

  #replaceKey(chunk: Uint8Array): Uint8Array {
    const text = Buffer.from(chunk).toString("latin1");
    const replaced = text.replace(/(?<=^sec-websocket-key: )\S+/im, (drawn) => {
      this.#drawn = drawn;
      return this.#key;
    });
    return Buffer.from(replaced, "latin1");
  }
}

function acceptOf(key: string): string {
  return createHash("sha1")
    .update(key + GUID)
    .digest("base64");
}
