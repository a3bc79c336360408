/** Messages between a pool and its processes: v8's serialization, after four bytes of length. */
import { deserialize, serialize } from "node:v8";
import type { PackedError } from "../../../core/crossing.ts";
import type { CallManner, RemoteFunction } from "../../workers.ts";

/** The descriptors of a worker's process, beside the standard ones. */
export const CALLS_FD = 3;
export const ANSWERS_FD = 4;
/** The numbers of calls that were cancelled, for a function that never lets its loop turn. */
export const ABORTS_FD = 5;
/** Answers to a worker that blocks until it has them. */
export const REPLIES_FD = 6;

/** What goes to the process. */
export type ToProcess =
  | readonly [
      kind: "call",
      number: number,
      target: RemoteFunction,
      manner: CallManner,
      args: readonly unknown[],
    ]
  | readonly [kind: "abort" | "end", number: number]
  | readonly [kind: "told" | "answer", number: number, message: unknown];

/** What comes back. */
export type FromProcess =
  | readonly [kind: "ready" | "lives"]
  | readonly [kind: "heeds" | "told" | "asked", number: number, value: unknown]
  | readonly [kind: "returned", number: number, value: unknown, megabytes: number]
  | readonly [kind: "threw", number: number, error: PackedError, megabytes: number];

/** @throws DataCloneError */
export function frameOf(message: ToProcess | FromProcess): Buffer {
  const body = serialize(message);
  const frame = Buffer.allocUnsafe(body.length + 4);
  frame.writeUInt32LE(body.length);
  body.copy(frame, 4);
  return frame;
}

/** What serialized values begin with; behind it is a version. */
const SERIALIZED = 0xff;
/** The length, and that. */
const HEAD_BYTES = 5;

/** Puts messages together of what comes in pieces. */
export class FrameReader<M> {
  readonly #deliver: (message: M) => void;
  #pieces: Buffer[] = [];
  #bytes = 0;
  #garbled = false;

  constructor(deliver: (message: M) => void) {
    this.#deliver = deliver;
  }

  /**
   * False for what is no message: somebody else has written there. It takes nothing more then, and
   * has gathered no more of it than what shows that.
   */
  push(piece: Buffer): boolean {
    if (this.#garbled) return false;
    this.#pieces.push(piece);
    this.#bytes += piece.length;
    for (;;) {
      if (this.#bytes < HEAD_BYTES) return true;
      if ((this.#pieces[0] as Buffer).length < HEAD_BYTES) this.#join();
      const first = this.#pieces[0] as Buffer;
      const length = first.readUInt32LE() + 4;
      if (length < HEAD_BYTES || first[4] !== SERIALIZED) return this.#giveUp();
      if (this.#bytes < length) return true;
      this.#join();
      const all = this.#pieces[0] as Buffer;
      this.#pieces = all.length === length ? [] : [all.subarray(length)];
      this.#bytes -= length;
      let message: M;
      try {
        message = deserialize(all.subarray(4, length)) as M;
      } catch {
        return this.#giveUp();
      }
      this.#deliver(message);
    }
  }

  #giveUp(): false {
    this.#garbled = true;
    this.#pieces = [];
    return false;
  }

  #join(): void {
    if (this.#pieces.length > 1) this.#pieces = [Buffer.concat(this.#pieces, this.#bytes)];
  }
}
