import { concat } from "../core/bytes.ts";
import { BadOptionError } from "../core/errors.ts";
import { LineTooLongError } from "./errors.ts";
import { Protocol } from "./protocol.ts";

const MAX_LENGTH_BYTES = 16 * 1024;
const EMPTY = new Uint8Array(0);
// In a stream of lines U+FEFF is a character like others, not a mark.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();

/**
 * A protocol of lines of UTF-8 text. It can switch to raw mode, for a body of bytes between lines.
 *
 * ```ts
 * import { LineReceiver } from "skein/protocols";
 *
 * class Shout extends LineReceiver {
 *   override lineReceived(line: string): void {
 *     this.sendLine(line.toUpperCase());
 *   }
 *   override lineLengthExceeded(): void {
 *     this.sendLine("too long"); // in place of ending the connection
 *     this.transport.loseConnection();
 *   }
 * }
 * console.log(new Shout().delimiter === "\r\n"); // → true
 * ```
 *
 * Lines stop coming after loseConnection(), and after pauseProducing() until resumeProducing(),
 * even in the middle of a chunk. Every method may be called from inside lineReceived and
 * rawDataReceived. How the bytes were cut into chunks makes no difference to what is received.
 */
export abstract class LineReceiver extends Protocol {
  /** What ends a line; not part of it. */
  delimiter = "\r\n";
  /** The most bytes that a line may have, without its delimiter. */
  maxLength: number = MAX_LENGTH_BYTES;

  /** Received, and not yet delivered; at most one chunk and a line that is not complete. */
  #buffer: Uint8Array = EMPTY;
  /** How far into the buffer no delimiter begins: bytes are searched once. */
  #searched = 0;
  #raw = false;
  #paused = false;
  #delivering = false;
  /** The rest of a line that was too long is being dropped. */
  #skipping = false;
  #delimiterBytes: { text: string; bytes: Uint8Array } = { text: "", bytes: EMPTY };

  /** A whole line has arrived. */
  abstract lineReceived(line: string): void;

  /** Bytes arrived in raw mode. */
  rawDataReceived(_data: Uint8Array): void {}

  /**
   * A line is longer than {@link maxLength}; it is dropped. Called once for the line, as soon as
   * that is known. Unless overridden, ends the connection, with LineTooLongError as the reason.
   */
  lineLengthExceeded(): void {
    this.transport.loseConnection(new LineTooLongError(this.maxLength));
  }

  /** Sends a line and its delimiter. @throws BadOptionError when the delimiter is in the line. */
  sendLine(line: string): boolean {
    const sent = line + this.delimiter;
    // The line's end and the delimiter's beginning may make a delimiter too.
    if (sent.indexOf(this.delimiter) < line.length) {
      throw new BadOptionError(`the line contains its delimiter: ${JSON.stringify(line)}`);
    }
    return this.transport.write(sent);
  }

  /** From here on bytes go to {@link rawDataReceived}, starting with those behind this line. */
  setRawMode(): void {
    this.#raw = true;
  }

  /** Back to lines; `extra` is what rawDataReceived was given and that is not its. */
  setLineMode(extra: Uint8Array = EMPTY): void {
    this.#raw = false;
    // What was pushed back comes before what waits behind it.
    this.#buffer = join(extra, this.#buffer);
    this.#searched = 0;
    this.#deliver();
  }

  /**
   * Gives away what was received and not delivered, and forgets it: for the protocol that comes
   * next, `this.transport.setProtocol(next, this.clearLineBuffer())`.
   */
  clearLineBuffer(): Uint8Array {
    return this.#take(this.#buffer.length);
  }

  /** What came in plain text behind the line that asked for TLS must not be taken for lines. */
  takeUnread(): Uint8Array {
    return this.clearLineBuffer();
  }

  /** Stops the lines; the rest of the present chunk waits too. */
  pauseProducing(): void {
    this.#paused = true;
    this.transport.pauseProducing();
  }

  resumeProducing(): void {
    this.#paused = false;
    this.transport.resumeProducing();
    this.#deliver();
  }

  override dataReceived(data: Uint8Array): void {
    this.#buffer = join(this.#buffer, data);
    this.#deliver();
  }

  #deliver(): void {
    // A call from inside a callback leaves its bytes in the buffer for the loop that is running.
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      while (!this.#paused && this.transport.connected && this.#deliverOne());
    } finally {
      this.#delivering = false;
    }
  }

  /** Delivers one line, or all there is in raw mode; false when nothing more can be delivered. */
  #deliverOne(): boolean {
    // Raw mode begins behind the present line, even if that is too long and has not ended yet.
    if (this.#raw && !this.#skipping) {
      const data = this.#take(this.#buffer.length);
      if (data.length === 0) return false;
      this.rawDataReceived(data);
      return true;
    }
    const delimiter = this.#encodedDelimiter();
    const end = find(this.#buffer, delimiter, this.#searched);
    // Without a delimiter, so much is the line for certain: one may have begun behind it.
    const length = end >= 0 ? end : Math.max(0, this.#buffer.length - delimiter.length + 1);
    const tooLong = length > this.maxLength && !this.#skipping;
    if (tooLong) this.#skipping = true;
    const skipped = this.#skipping;
    if (end >= 0) {
      const line = this.#take(end + delimiter.length).subarray(0, end);
      this.#skipping = false;
      if (!skipped) this.lineReceived(decoder.decode(line));
    } else if (skipped) {
      this.#take(length);
    } else {
      this.#searched = length;
    }
    if (tooLong) this.lineLengthExceeded();
    return end >= 0 || tooLong;
  }

  #encodedDelimiter(): Uint8Array {
    const text = this.delimiter;
    if (this.#delimiterBytes.text !== text) {
      this.#delimiterBytes = { text, bytes: encoder.encode(text) };
      this.#searched = 0;
    }
    return this.#delimiterBytes.bytes;
  }

  #take(length: number): Uint8Array {
    const taken = this.#buffer.subarray(0, length);
    this.#buffer = this.#buffer.subarray(length);
    this.#searched = 0;
    return taken;
  }
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  return b.length === 0 ? a : concat([a, b]);
}

/** Where `wanted` begins in `bytes`, at or after `from`; -1 when it does not. */
function find(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
  const first = wanted[0] as number;
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
    let i = 1;
    while (i < wanted.length && bytes[at + i] === wanted[i]) i++;
    if (i === wanted.length) return at;
  }
  return -1;
}
