import { expect } from "chai";
import fc from "fast-check";
import { fuzz } from "../support/fuzz.ts";
import { Noting } from "./lines.ts";

interface Settings {
  readonly delimiter: string;
  readonly maxLength: number;
  /** A line with a `#` and a number is followed by so many raw bytes. */
  readonly raw: boolean;
  /** So many raw bytes follow a line that is too long. */
  readonly rawAfterTooLong: number;
  /** Pauses after every line. */
  readonly pausing: boolean;
}

/** Raw bytes are one event however they are cut: only where they begin and end counts. */
class Subject extends Noting {
  readonly #settings: Settings;
  #left = 0;
  #body = "";

  constructor(settings: Settings) {
    super();
    this.#settings = settings;
    this.delimiter = settings.delimiter;
    this.maxLength = settings.maxLength;
  }

  override lineReceived(line: string): void {
    super.lineReceived(line);
    const [, count] = /#(\d)/.exec(line) ?? [];
    if (this.#settings.raw && count !== undefined) this.#expectRaw(Number(count));
    if (this.#settings.pausing) this.pauseProducing();
  }

  override lineLengthExceeded(): void {
    super.lineLengthExceeded();
    this.#expectRaw(this.#settings.rawAfterTooLong);
  }

  override rawDataReceived(data: Uint8Array): void {
    const body = data.subarray(0, this.#left);
    this.#left -= body.length;
    this.#body += Buffer.from(body).toString("hex");
    if (this.#left === 0) {
      this.events.push(`raw ${this.#body}`);
      this.setLineMode(data.subarray(body.length));
    }
  }

  /** Plays a transport that respects the pauses. */
  receive(data: Uint8Array): void {
    this.dataReceived(data);
    while (this.link.paused) this.resumeProducing();
  }

  /** What was received, with the raw bytes that are not complete. */
  get received(): string[] {
    return this.#left > 0 ? [...this.events, `raw ${this.#body}…`] : this.events;
  }

  #expectRaw(count: number): void {
    if (count === 0) return;
    this.#left = count;
    this.#body = "";
    this.setRawMode();
  }
}

function received(settings: Settings, chunks: Iterable<Uint8Array>): string[] {
  const subject = new Subject(settings);
  for (const chunk of chunks) subject.receive(chunk.slice());
  return subject.received;
}

/** Cuts the bytes at these places, of which each is given as a part of the length. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = places.map((part) => Math.round(part * bytes.length)).sort((a, b) => a - b);
  return [0, ...at].map((from, i) => bytes.subarray(from, at[i] ?? bytes.length));
}

/** How lines are to be read, said in another way: for receivers that neither skip nor switch. */
function linesOf(bytes: Uint8Array, { delimiter, maxLength }: Settings): string[] {
  const lines: string[] = [];
  let rest = Buffer.from(bytes);
  for (;;) {
    const end = rest.indexOf(delimiter);
    const length = end < 0 ? rest.length - Buffer.byteLength(delimiter) + 1 : end;
    if (length > maxLength) lines.push("too long");
    else if (end >= 0) lines.push(rest.toString("utf8", 0, end));
    if (end < 0) return lines;
    rest = rest.subarray(end + Buffer.byteLength(delimiter));
  }
}

const delimiters = fc.oneof(
  fc.constantFrom("\n", "\r\n", "aa", "aab", "abab", "€"),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 3 }),
);

/** Texts with the delimiter and its parts in them, and bytes that are not UTF-8. */
const streams = delimiters.chain((delimiter) => {
  const bytes = Buffer.from(delimiter);
  const part = fc
    .nat({ max: bytes.length - 1 })
    .map((length) => Buffer.from(bytes.subarray(0, length)));
  const text = fc.constantFrom(
    "a",
    "b",
    "\r",
    "\n",
    "xyz",
    "€",
    "\uFEFF",
    "#3",
    "#9",
    "0123456789",
  );
  const piece = fc.oneof(
    { weight: 4, arbitrary: fc.constant(bytes) },
    { weight: 3, arbitrary: part },
    { weight: 5, arbitrary: text.map((chars) => Buffer.from(chars)) },
    { weight: 1, arbitrary: fc.string({ unit: "grapheme" }).map((chars) => Buffer.from(chars)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 4 }).map((raw) => Buffer.from(raw)) },
  );
  return fc.record({
    delimiter: fc.constant(delimiter),
    bytes: fc
      .array(piece, { maxLength: 30 })
      .map((pieces) => new Uint8Array(Buffer.concat(pieces))),
  });
});

const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });
const maxLengths = fc.oneof(fc.nat({ max: 12 }), fc.constant(10_000));

describe("what a LineReceiver receives", () => {
  fuzz(
    "does not depend on how the bytes are cut",
    fc.property(
      streams,
      cuts,
      maxLengths,
      fc.boolean(),
      fc.nat({ max: 5 }),
      fc.boolean(),
      ({ delimiter, bytes }, places, maxLength, raw, rawAfterTooLong, pausing) => {
        const settings = { delimiter, maxLength, raw, rawAfterTooLong, pausing };
        const expected = received(settings, [bytes]);
        expect(received(settings, cut(bytes, places))).to.deep.equal(expected);
        const single = Array.from(bytes, (byte) => new Uint8Array([byte]));
        expect(received(settings, single)).to.deep.equal(expected);
      },
    ),
  );

  it("are the lines between the delimiters", () => {
    fc.assert(
      fc.property(
        streams,
        cuts,
        maxLengths,
        fc.boolean(),
        ({ delimiter, bytes }, places, maxLength, pausing) => {
          const settings = { delimiter, maxLength, raw: false, rawAfterTooLong: 0, pausing };
          expect(received(settings, cut(bytes, places))).to.deep.equal(linesOf(bytes, settings));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("is what another has sent by sendLine", () => {
    fc.assert(
      fc.property(
        delimiters,
        fc.array(fc.string({ unit: "grapheme" })),
        cuts,
        (delimiter, texts, places) => {
          const sender = new Noting();
          sender.delimiter = delimiter;
          const sent = texts.filter((line) => {
            try {
              return sender.sendLine(line);
            } catch {
              return false;
            }
          });
          const settings = { delimiter, maxLength: 10_000, raw: false, rawAfterTooLong: 0 };
          const chunks = cut(sender.link.bytes(), places);
          expect(received({ ...settings, pausing: false }, chunks)).to.deep.equal(sent);
        },
      ),
    );
  });
});
