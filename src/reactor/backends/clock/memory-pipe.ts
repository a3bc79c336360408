/** A pipe between the reactor and a simulated process. */
import { copyOf } from "../../../core/bytes.ts";
import { systemError } from "./system-error.ts";

/** What a pipe holds that nobody has read, as on Linux. */
const CAPACITY_BYTES = 64 * 1024;
/** The most that is read at a time. */
const PIECE_BYTES = 64 * 1024;

/** The reader, called as things happen in virtual time. */
export interface PipeReader {
  received(bytes: Uint8Array): void;
  /** Behind the last byte; once. */
  ended(): void;
}

/** The writer, called as things happen in virtual time. */
export interface PipeWriter {
  /** The pipe has taken some of what waited. */
  taken(): void;
  /** Nobody will read what is written: the reader has closed its end. Once. */
  broken(): void;
}

export class MemoryPipe {
  readonly #soon: (action: () => void) => void;
  /** Written, and not read: what is in the pipe, and behind it what waits for room. */
  readonly #pieces: Uint8Array[] = [];
  #bytes = 0;
  reader: PipeReader | undefined = undefined;
  writer: PipeWriter | undefined = undefined;
  #reading = true;
  #moving = false;
  #writerClosed = false;
  #readerClosed = false;
  #ended = false;
  #isBroken = false;

  /** @param soon arranges for something to happen, at the present time. */
  constructor(soon: (action: () => void) => void) {
    this.#soon = soon;
  }

  /** What waits for room. */
  get waitingBytes(): number {
    return Math.max(0, this.#bytes - CAPACITY_BYTES);
  }

  get readerClosed(): boolean {
    return this.#readerClosed;
  }

  get writerClosed(): boolean {
    return this.#writerClosed;
  }

  /** What it holds of it stays the writer's to change no more. */
  write(bytes: Uint8Array): void {
    if (this.#writerClosed) return;
    if (this.#readerClosed) {
      this.#break();
      return;
    }
    if (bytes.length > 0) {
      this.#pieces.push(copyOf(bytes));
      this.#bytes += bytes.length;
    }
    this.#soon(() => this.writer?.taken());
    this.#move();
  }

  /** The reader gets what was written, then the end. */
  closeWriter(): void {
    this.#writerClosed = true;
    this.#move();
  }

  /** Takes back what waits for room, as a process that exits in the middle of writing does. */
  dropWaiting(): void {
    for (let over = this.waitingBytes; over > 0; over = this.waitingBytes) {
      const last = this.#pieces.pop() as Uint8Array;
      const kept = last.subarray(0, Math.max(0, last.length - over));
      this.#bytes -= last.length - kept.length;
      if (kept.length > 0) this.#pieces.push(kept);
    }
  }

  /** What is in it is lost. */
  closeReader(): void {
    if (this.#readerClosed) return;
    // What is in the pipe is lost without a word; a write that waits fails.
    const lost = this.waitingBytes > 0;
    this.#readerClosed = true;
    this.#pieces.length = this.#bytes = 0;
    if (lost) this.#break();
  }

  setReading(enabled: boolean): void {
    this.#reading = enabled;
    if (enabled) this.#move();
  }

  #break(): void {
    if (this.#isBroken) return;
    this.#isBroken = true;
    this.#soon(() => this.writer?.broken());
  }

  #move(): void {
    if (this.#moving || !this.#hasNews) return;
    this.#moving = true;
    this.#soon(() => {
      this.#moving = false;
      this.#deliver();
      this.#move();
    });
  }

  get #hasNews(): boolean {
    return (
      this.reader !== undefined &&
      this.#reading &&
      !this.#readerClosed &&
      !this.#ended &&
      (this.#bytes > 0 || this.#writerClosed)
    );
  }

  #deliver(): void {
    if (!this.#hasNews) return;
    const next = this.#pieces[0];
    if (next === undefined) {
      this.#ended = true;
      this.reader?.ended();
      return;
    }
    const piece = next.subarray(0, PIECE_BYTES);
    if (piece.length === next.length) this.#pieces.shift();
    else this.#pieces[0] = next.subarray(PIECE_BYTES);
    this.#bytes -= piece.length;
    this.reader?.received(piece);
    this.writer?.taken();
  }
}

/** As the system says it. */
export function brokenPipe(): Error {
  return systemError("EPIPE", "write EPIPE");
}
