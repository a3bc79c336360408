/** A LineReceiver that notes what it receives. */
import { LineReceiver } from "skein/protocols";
import { StringTransport } from "skein/testing";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class Noting extends LineReceiver {
  readonly link: StringTransport = new StringTransport();
  /** Lines as they are, raw data as `raw: …`, over-long lines as `too long`. */
  readonly events: string[] = [];

  constructor() {
    super();
    this.makeConnection(this.link);
  }

  /** Plays the reactor: delivers these pieces, text as UTF-8. */
  feed(...pieces: readonly (string | Uint8Array)[]): this {
    for (const piece of pieces) {
      this.dataReceived(typeof piece === "string" ? encoder.encode(piece) : piece);
    }
    return this;
  }

  override lineReceived(line: string): void {
    this.events.push(line);
  }

  override rawDataReceived(data: Uint8Array): void {
    this.events.push(`raw: ${decoder.decode(data)}`);
  }

  override lineLengthExceeded(): void {
    this.events.push("too long");
  }
}

/** The bytes one by one, each in a chunk of its own. */
export function byteByByte(text: string): Uint8Array[] {
  return Array.from(encoder.encode(text), (byte) => new Uint8Array([byte]));
}
