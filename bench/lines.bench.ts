/**
 * Lines of 20 to 80 bytes in chunks of 64 KiB: our LineReceiver beside Twisted's, and beside the
 * quickest splitters that find the same lines: they have no limits, never pause, and hand nothing
 * over; one of them takes ASCII alone.
 */
import { LineReceiver } from "skein/protocols";
import { StringTransport } from "skein/testing";
import { compare, formatRatio, SMOKE } from "./support/ratio.ts";
import { Twisted } from "./support/twisted.ts";

const count = SMOKE ? 20_000 : 1_000_000;
const rounds = SMOKE ? 1 : 9;
const CHUNK_BYTES = 65_536;

/** As lines/rates.py makes them; every seventh is of letters of two bytes where that is wanted. */
function manyLines(letterOf: (i: number) => string): Buffer {
  let state = 1;
  const lines = Array.from({ length: count }, (_, i) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return `${letterOf(i).repeat(20 + (state % 61))}\r\n`;
  });
  return Buffer.from(lines.join(""));
}

class Counting extends LineReceiver {
  seen = 0;
  override lineReceived(): void {
    this.seen++;
  }
}

function perSecond(receive: () => number): Promise<number> {
  const began = performance.now();
  const seen = receive();
  const seconds = (performance.now() - began) / 1000;
  if (seen !== count) throw new Error(`${seen} lines of ${count}`);
  return Promise.resolve(seen / seconds);
}

function ours(data: Buffer): Promise<number> {
  const receiver = new Counting();
  receiver.makeConnection(new StringTransport());
  return perSecond(() => {
    for (let at = 0; at < data.length; at += CHUNK_BYTES) {
      receiver.dataReceived(data.subarray(at, at + CHUNK_BYTES));
    }
    return receiver.seen;
  });
}

/** The chunk as text, and slices of that. */
function splitter(data: Buffer, decode: (piece: Buffer) => string): Promise<number> {
  let seen = 0;
  let rest = "";
  const lineReceived = (line: string): void => void (line.length > 0 && seen++);
  return perSecond(() => {
    for (let at = 0; at < data.length; at += CHUNK_BYTES) {
      const text = rest + decode(data.subarray(at, at + CHUNK_BYTES));
      let begin = 0;
      for (let end = text.indexOf("\r\n"); end >= 0; end = text.indexOf("\r\n", begin)) {
        lineReceived(text.slice(begin, end));
        begin = end + 2;
      }
      rest = text.slice(begin);
    }
    return seen;
  });
}

/** Takes UTF-8 that is cut anywhere. */
function utf8Splitter(data: Buffer): Promise<number> {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  return splitter(data, (piece) => decoder.decode(piece, { stream: true }));
}

/** Takes ASCII alone. */
function asciiSplitter(data: Buffer): Promise<number> {
  return splitter(data, (piece) => piece.toString("latin1"));
}

const ascii = manyLines(() => "x");
const mixed = manyLines((i) => (i % 7 === 0 ? "é" : "x"));
const twisted = Twisted.start(new URL("./lines/rates.py", import.meta.url));

type Rate = () => Promise<number>;
const contests: [what: string, mine: Rate, peer: string, theirs: Rate][] = [
  ["LineReceiver", () => ours(ascii), "bare splitter of UTF-8", () => utf8Splitter(ascii)],
  ["LineReceiver", () => ours(ascii), "bare splitter of ASCII", () => asciiSplitter(ascii)],
  [
    "the same, a seventh of the lines not ASCII",
    () => ours(mixed),
    "bare splitter of UTF-8",
    () => utf8Splitter(mixed),
  ],
];
for (const task of ["LineReceiver", "LineOnlyReceiver"]) {
  if (twisted === undefined) break;
  const theirs: Rate = () => twisted.rate(task, Math.ceil(count / 5));
  contests.push(["LineReceiver", () => ours(ascii), `Twisted's ${task}`, theirs]);
}

console.log("Lines of 20–80 bytes in the same time, skein / peer, median of pairs (min–max)\n");
console.log("| ours | peer | ratio (higher is better) |");
console.log("|---|---|---|");
for (const [what, mine, peer, theirs] of contests) {
  console.log(`| ${what} | ${peer} | ${formatRatio(await compare(rounds, mine, theirs))} |`);
}
twisted?.stop();
