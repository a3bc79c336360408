/** What the system of one end does about sending: takes bytes, cuts them, keeps to the window. */
import { checksum, concat } from "../../../core/bytes.ts";
import { Fifo } from "../../../core/fifo.ts";
import type { Cut } from "./segments.ts";
import type { Wire } from "./wire.ts";

/** No segment is larger: a protocol on libuv is given no more at a time. */
const READ_BYTES_MAX = 64 * 1024;

export const FIN: unique symbol = Symbol("end of stream");

export interface SenderOptions {
  readonly wire: Wire;
  readonly cut: Cut | undefined;
  /** How many bytes may be under way to the peer, or wait there to be read. */
  readonly windowBytes: number;
  /** How many more the system takes. */
  readonly bufferBytes: number;
  /** Calls it as a happening of its own, at once. */
  readonly soon: (action: () => void) => void;
  readonly trace: (event: string) => void;
  /** What comes out on the other side. */
  readonly arrive: (segment: Uint8Array | typeof FIN) => void;
  /** Something was sent. */
  readonly sent: () => void;
}

export class Sender {
  readonly #options: SenderOptions;
  /** As they were written. The writer's limit is that of the transport. */
  readonly #waiting = new Fifo<Uint8Array>();
  #waitingBytes = 0;
  /** How much of the peer's window is used. */
  #unread = 0;
  /** The end is to be sent behind what waits; then it was. */
  #end: "none" | "waits" | "sent" = "none";
  /** What was written in this turn is about to be cut. */
  #cutting = false;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** How many bytes the system has not taken yet. */
  get untakenBytes(): number {
    const { windowBytes, bufferBytes } = this.#options;
    return Math.max(0, this.#waitingBytes - bufferBytes - (windowBytes - this.#unread));
  }

  /** Whether anything was sent, or is to be, that was not read. */
  get busy(): boolean {
    return this.#waitingBytes + this.#unread > 0;
  }

  push(bytes: Uint8Array): void {
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    this.#begin();
  }

  /** Ends the stream. What follows the first call does nothing. */
  end(): void {
    if (this.#end !== "none") return;
    this.#end = "waits";
    this.#begin();
  }

  /** The peer has read so many bytes. */
  acknowledge(bytes: number): void {
    this.#unread -= bytes;
    if (!this.#cutting) this.#transmit();
  }

  /** Sends nothing more, not even an end, but what would have left by now if it were not cut. */
  stop(): void {
    if (this.#cutting) this.#transmit();
    this.#waiting.clear();
    this.#waitingBytes = 0;
    this.#end = "sent";
  }

  #begin(): void {
    if (this.#options.cut === undefined) {
      this.#transmit();
    } else if (!this.#cutting) {
      // What else is written in this turn may go in the same segment.
      this.#cutting = true;
      this.#options.soon(() => {
        this.#cutting = false;
        this.#transmit();
      });
    }
  }

  #transmit(): void {
    const { wire, windowBytes, trace, arrive, sent } = this.#options;
    while (this.#waitingBytes > 0 && this.#roomy()) {
      const before = this.#waitingBytes;
      const segment = this.#next(Math.min(windowBytes - this.#unread, READ_BYTES_MAX));
      this.#unread += segment.length;
      const part = this.#options.cut === undefined ? "" : ` of ${before}`;
      trace(`data ${segment.length}${part} #${checksum(segment).toString(16)}`);
      sent();
      wire.carry(segment.length, "data", () => arrive(segment));
    }
    if (this.#end !== "waits" || this.#waitingBytes > 0) return;
    this.#end = "sent";
    trace("fin");
    wire.carry(0, "data", () => arrive(FIN));
    sent();
  }

  /**
   * Whether there is room to send. Small rooms make small segments, which leave small rooms: it
   * waits until half of the window is free, as TCP does, or all fits in that may go as one segment.
   */
  #roomy(): boolean {
    const { cut, windowBytes } = this.#options;
    const room = windowBytes - this.#unread;
    if (room >= windowBytes / 2) return true;
    const wanted = cut === undefined ? this.#waiting.peek()?.length : this.#waitingBytes;
    return wanted !== undefined && room >= wanted;
  }

  /** Takes the next segment out of what waits: no more than `most` bytes. */
  #next(most: number): Uint8Array {
    const { cut } = this.#options;
    if (cut === undefined) return this.#take(most);
    let left = Math.min(most, cut(this.#waitingBytes), this.#waitingBytes);
    const pieces: Uint8Array[] = [];
    while (left > 0) {
      const piece = this.#take(left);
      left -= piece.length;
      pieces.push(piece);
    }
    return pieces.length === 1 ? (pieces[0] as Uint8Array) : concat(pieces);
  }

  /** Takes the first piece of what waits, or as much of it as `most` bytes. */
  #take(most: number): Uint8Array {
    const first = this.#waiting.shift() as Uint8Array;
    const piece = first.subarray(0, most);
    if (piece.length < first.length) this.#waiting.unshift(first.subarray(most));
    this.#waitingBytes -= piece.length;
    return piece;
  }
}
