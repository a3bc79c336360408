import type { TakesPieces } from "../reactor/takes-pieces.ts";
import type { Transport } from "../reactor/transport.ts";
import { writeSocketError } from "./socket-error.ts";

/** As node:stream calls back: without an error, the bytes have been taken. */
export type Done = (error?: Error | null) => void;

/** So many bytes of several writes are sent as one, where they are not taken in pieces. */
const TOGETHER_BYTES = 16 * 1024;

/** Hands what a stream writes to its transport: one write at a time, as streams do. */
export class SocketWriter {
  readonly #moved: () => void;
  /** Waits for pieces to be taken. */
  #sending: Done | undefined = undefined;
  /** One for all writes. */
  readonly #taken = (): void => {
    this.#moved();
    this.#sent();
  };

  /** @param moved called whenever bytes have been taken. */
  constructor(moved: () => void) {
    this.#moved = moved;
  }

  /** `done` is called when the system has taken them, or cannot any more. */
  send(transport: Transport, pieces: readonly Uint8Array[], bytes: number, done: Done): void {
    if (bytes > 0 && (transport as Partial<TakesPieces>).writePieces?.(pieces, this.#taken)) {
      this.#sending = done;
      return;
    }
    const taken = (): void => {
      this.#moved();
      done();
    };
    let all = true;
    // To join many bytes costs more than to hand them over one by one.
    if (pieces.length > 1 && bytes <= TOGETHER_BYTES) all = transport.write(Buffer.concat(pieces));
    else for (const piece of pieces) all = transport.write(piece);
    if (all) taken();
    else transport.whenDrained().addCallbacks(taken, ({ value }) => done(writeSocketError(value)));
  }

  /** The connection has ended for this reason; what was under way has not been taken. */
  lost(reason: unknown): void {
    if (this.#sending !== undefined) this.#sent(writeSocketError(reason));
  }

  #sent(error?: Error): void {
    const sending = this.#sending;
    this.#sending = undefined;
    sending?.(error);
  }
}
