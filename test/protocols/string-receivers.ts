/** The protocols of strings, each with how it writes a string, for tests that are about all. */
import {
  Int16StringReceiver,
  Int32StringReceiver,
  Int8StringReceiver,
  NetstringReceiver,
  type StringReceiver,
} from "skein/protocols";

type Noting = StringReceiver & { seen: string[]; at: (string: string) => void };

export interface Kind {
  readonly name: string;
  make(): Noting;
  /** The bytes of a string, as text of one character for each. */
  frame(text: string): string;
  /** What announces a string of so many bytes. */
  announce(length: number): string;
}

function intPrefix(bytes: number): (length: number) => string {
  return (length) => {
    const buffer = Buffer.alloc(bytes);
    buffer.writeUIntBE(length, 0, bytes);
    return buffer.toString("latin1");
  };
}

function kind(
  name: string,
  make: () => Noting,
  announce: (length: number) => string,
  end: string,
): Kind {
  const frame = (text: string): string => `${announce(Buffer.byteLength(text))}${text}${end}`;
  return { name, make, announce, frame };
}

/** What it does with each string: notes it, and calls `at`. */
function noting<C extends abstract new () => StringReceiver>(base: C): new () => Noting {
  abstract class Receiver extends (base as abstract new () => StringReceiver) {
    seen: string[] = [];
    at: (string: string) => void = () => {};
    override stringReceived(string: Uint8Array): void {
      const text = Buffer.from(string).toString("latin1");
      this.seen.push(text);
      this.at(text);
    }
  }
  return Receiver as unknown as new () => Noting;
}

const Int8 = noting(Int8StringReceiver);
const Int16 = noting(Int16StringReceiver);
const Int32 = noting(Int32StringReceiver);
const Netstring = noting(NetstringReceiver);

export const kinds: readonly Kind[] = [
  kind("Int8StringReceiver", () => new Int8(), intPrefix(1), ""),
  kind("Int16StringReceiver", () => new Int16(), intPrefix(2), ""),
  kind("Int32StringReceiver", () => new Int32(), intPrefix(4), ""),
  kind(
    "NetstringReceiver",
    () => new Netstring(),
    (length) => `${length}:`,
    ",",
  ),
];
