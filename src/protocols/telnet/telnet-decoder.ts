import { ByteQueue } from "../../core/byte-queue.ts";
import { concat } from "../../core/bytes.ts";
import type { Decoder } from "../decoder.ts";
import { BadFrameError, FrameTooLongError } from "../errors.ts";
import { TelnetCommand, type TelnetVerb } from "./codes.ts";

const { IAC, SB, SE, WILL, DONT } = TelnetCommand;
const [NUL, LF, CR] = [0, 10, 13];
const NEWLINE = Uint8Array.of(LF);

/** What a telnet peer sends. */
export type TelnetEvent =
  | { readonly type: "data"; readonly data: Uint8Array }
  | { readonly type: "command"; readonly command: number }
  | { readonly type: "negotiation"; readonly verb: TelnetVerb; readonly option: number }
  | { readonly type: "subnegotiation"; readonly option: number; readonly data: Uint8Array };

/** May change between any two events. */
export interface TelnetFormat {
  /** Whether data is bytes as they are, without ends of lines: the peer WILL BINARY. */
  readonly binary: boolean;
  /** The most bytes that a subnegotiation may have. */
  readonly maxSubnegotiationBytes: number;
}

/**
 * Data and commands of telnet. An end of line, CR LF, is "\n"; CR NUL is "\r".
 *
 * ```ts
 * import { TelnetDecoder } from "skein/protocols";
 *
 * const decoder = new TelnetDecoder({ binary: false, maxSubnegotiationBytes: 100 });
 * decoder.push(Uint8Array.of(104, 105, 13, 10, 255, 253, 1));
 * console.log(decoder.next()); // → { type: 'data', data: Uint8Array(3) [ 104, 105, 10 ] }
 * console.log(decoder.next()); // → { type: 'negotiation', verb: 253, option: 1 }
 * ```
 *
 * How data is divided into events means nothing. A subnegotiation over the limit is
 * FrameTooLongError as soon as that is known, one that is broken off BadFrameError.
 */
export class TelnetDecoder implements Decoder<TelnetEvent> {
  readonly #format: TelnetFormat;
  readonly #queue = new ByteQueue();
  /** How far the subnegotiation at the head of the queue was searched for its end. */
  #searched = 0;
  /** How many of the bytes searched stand for another one. */
  #doubled = 0;

  constructor(format: TelnetFormat) {
    this.#format = format;
  }

  push(data: Uint8Array): void {
    this.#queue.push(data);
  }

  next(): TelnetEvent | undefined {
    const pieces: Uint8Array[] = [];
    for (;;) {
      const piece = this.#takeData();
      if (piece === undefined) break;
      pieces.push(piece);
    }
    if (pieces.length > 0) {
      return {
        type: "data",
        data: pieces.length === 1 ? (pieces[0] as Uint8Array) : concat(pieces),
      };
    }
    return this.#takeCommand();
  }

  takeRest(): Uint8Array {
    this.#searched = this.#doubled = 0;
    return this.#queue.takeAll();
  }

  /** Bytes up to the next that means something else; or what that one stands for. */
  #takeData(): Uint8Array | undefined {
    const { bytes } = this.#queue;
    const [first, second] = bytes;
    if (first === undefined) return undefined;
    if (first === IAC) {
      if (second !== IAC) return undefined;
      this.#queue.drop(2);
      return bytes.subarray(1, 2);
    }
    if (first !== CR || this.#format.binary) return this.#queue.take(this.#plain(bytes));
    if (second === undefined) return undefined;
    // A CR that is followed by neither is one that the peer should not have sent: it is kept.
    this.#queue.drop(second === LF || second === NUL ? 2 : 1);
    return second === LF ? NEWLINE : bytes.subarray(0, 1);
  }

  /** How many bytes stand for themselves; the first one does. */
  #plain(bytes: Uint8Array): number {
    const command = bytes.indexOf(IAC);
    const until = command < 0 ? bytes.length : command;
    if (this.#format.binary) return until;
    const carriageReturn = bytes.subarray(0, until).indexOf(CR);
    return carriageReturn < 0 ? until : carriageReturn;
  }

  #takeCommand(): TelnetEvent | undefined {
    const { bytes } = this.#queue;
    const [first, command, option] = bytes;
    if (first !== IAC || command === undefined) return undefined;
    if (command === SB) return this.#takeSubnegotiation(bytes);
    if (command < WILL || command > DONT) {
      if (command < SE) throw new BadFrameError("telnet command", `255 ${command} is none`);
      this.#queue.drop(2);
      return { type: "command", command };
    }
    if (option === undefined) return undefined;
    this.#queue.drop(3);
    return { type: "negotiation", verb: command as TelnetVerb, option };
  }

  #takeSubnegotiation(bytes: Uint8Array): TelnetEvent | undefined {
    const option = bytes[2];
    if (option === undefined) return undefined;
    if (option === IAC) throw new BadFrameError("telnet subnegotiation", "it names no option");
    const { maxSubnegotiationBytes } = this.#format;
    let at = Math.max(this.#searched, 3);
    for (;;) {
      const found = bytes.indexOf(IAC, at);
      const length = (found < 0 ? bytes.length : found) - 3 - this.#doubled;
      if (length > maxSubnegotiationBytes) {
        throw new FrameTooLongError(length, maxSubnegotiationBytes);
      }
      this.#searched = found < 0 ? bytes.length : found;
      if (found < 0 || found + 1 === bytes.length) return undefined;
      if (bytes[found + 1] === SE) {
        this.#queue.drop(found + 2);
        this.#searched = this.#doubled = 0;
        return { type: "subnegotiation", option, data: undoubled(bytes.subarray(3, found)) };
      }
      if (bytes[found + 1] !== IAC) {
        throw new BadFrameError("telnet subnegotiation", "another command is inside it");
      }
      this.#doubled++;
      at = this.#searched = found + 2;
    }
  }
}

/** Every other one of bytes that come in twos. */
function undoubled(bytes: Uint8Array): Uint8Array {
  if (!bytes.includes(IAC)) return bytes;
  const single = new Uint8Array(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    single[length++] = byte;
    if (byte === IAC) at++;
  }
  return single.subarray(0, length);
}
