import { BadOptionError } from "../core/errors.ts";
import { LineTooLongError } from "./errors.ts";
import { FramedProtocol } from "./framed-protocol.ts";
import { LineDecoder, type LineFormat, TOO_LONG } from "./line-decoder.ts";

const MAX_LENGTH_BYTES = 16 * 1024;
const EMPTY = new Uint8Array(0);

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
export abstract class LineReceiver
  extends FramedProtocol<string | Uint8Array | typeof TOO_LONG>
  implements LineFormat
{
  /** What ends a line; not part of it. */
  delimiter = "\r\n";
  /** The most bytes that a line may have, without its delimiter. */
  maxLength: number = MAX_LENGTH_BYTES;
  override readonly decoder: LineDecoder = new LineDecoder(this);

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
    this.decoder.setRawMode();
  }

  /** Back to lines; `extra` is what rawDataReceived was given and that is not its. */
  setLineMode(extra: Uint8Array = EMPTY): void {
    this.decoder.setLineMode(extra);
    this.deliver();
  }

  /** As {@link takeUnread}, by its name in Twisted. */
  clearLineBuffer(): Uint8Array {
    return this.takeUnread();
  }

  override frameReceived(frame: string | Uint8Array | typeof TOO_LONG): void {
    if (typeof frame === "string") this.lineReceived(frame);
    else if (frame === TOO_LONG) this.lineLengthExceeded();
    else this.rawDataReceived(frame);
  }
}
