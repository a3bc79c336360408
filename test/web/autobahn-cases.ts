/**
 * What a WebSocket must do with frames, right and wrong: by the numbers of the cases in the
 * Autobahn Testsuite, which is the judge of most implementations, but runs on no present system.
 * The bytes are written after the descriptions of its cases and RFC 6455.
 */
import { closing, frame, type Frame, OPCODES } from "../support/websocket-frames.ts";

const { more, text, binary, close, ping, pong } = OPCODES;

export interface Case {
  readonly frames: readonly Frame[];
  /** How the bytes are cut: all at once, a frame at a time, or so many bytes. */
  readonly pieces?: "frames" | number;
  /** What is answered, told as describeFrame does. Those of `may` may come before. */
  readonly answers: readonly string[];
  readonly may?: readonly string[];
}

const FAILED = ["close 1002"];
const part = { fin: false };
const hello = "Hello, world!";
const echo = (message: string): string => `text <${message}>`;

const cases: Record<string, Case> = {};

// --- 1: messages of all sizes ---

const sizes = [0, 125, 126, 127, 128, 65_535, 65_536];
for (const [i, opcode] of [text, binary].entries()) {
  for (const [j, size] of sizes.entries()) {
    const name = opcode === text ? "text" : "binary";
    const answers = [size === 0 ? `${name} <>` : `${name} ${size} bytes`];
    const frames = [frame(opcode, "*".repeat(size))];
    cases[`1.${i + 1}.${j + 1}`] = { frames, answers };
    if (size === 65_536) cases[`1.${i + 1}.8`] = { frames, answers, pieces: 997 };
  }
}

// --- 2: pings and pongs ---

const ten = Array.from({ length: 10 }, (_, i) => i);
Object.assign(cases, {
  "2.1": { frames: [frame(ping)], answers: ["pong <>"] },
  "2.2": { frames: [frame(ping, hello)], answers: [`pong <${hello}>`] },
  "2.3": { frames: [frame(ping, Uint8Array.of(0, 255, 254))], answers: ["pong <\0ÿþ>"] },
  "2.4": { frames: [frame(ping, "*".repeat(125))], answers: ["pong 125 bytes"] },
  "2.5": { frames: [frame(ping, "*".repeat(126))], answers: FAILED },
  "2.6": { frames: [frame(ping, "*".repeat(125))], answers: ["pong 125 bytes"], pieces: 1 },
  "2.7": { frames: [frame(pong)], answers: [] },
  "2.8": { frames: [frame(pong, "unasked")], answers: [] },
  "2.9": { frames: [frame(pong, "unasked"), frame(ping, "ask")], answers: ["pong <ask>"] },
  "2.10": { frames: ten.map((i) => frame(ping, `${i}`)), answers: ten.map((i) => `pong <${i}>`) },
  "2.11": {
    frames: ten.map((i) => frame(ping, `${i}`)),
    answers: ten.map((i) => `pong <${i}>`),
    pieces: 1,
  },
} satisfies Record<string, Case>);

// --- 3 and 4: reserved bits, reserved opcodes ---

const first = [frame(text, hello)];
const wrongSecond = (wrong: Frame, pieces?: "frames" | number): Case => ({
  frames: [...first, wrong, frame(ping)],
  answers: FAILED,
  may: [echo(hello)],
  ...(pieces !== undefined && { pieces }),
});
Object.assign(cases, {
  "3.1": { frames: [frame(text, hello, { rsv: 1 })], answers: FAILED },
  "3.2": wrongSecond(frame(text, hello, { rsv: 2 })),
  "3.3": wrongSecond(frame(text, hello, { rsv: 3 }), "frames"),
  "3.4": wrongSecond(frame(text, hello, { rsv: 4 }), 1),
  "3.5": { frames: [frame(binary, hello, { rsv: 5 })], answers: FAILED },
  "3.6": { frames: [frame(ping, hello, { rsv: 6 })], answers: FAILED },
  "3.7": { frames: [frame(close, closing(1000), { rsv: 7 })], answers: FAILED },
} satisfies Record<string, Case>);
for (const [group, from] of [
  [1, 3],
  [2, 11],
] as const) {
  for (let i = 0; i < 5; i++) {
    const wrong = frame(from + i, i === 0 ? "" : "reserved");
    cases[`4.${group}.${i + 1}`] =
      i < 2
        ? { frames: [wrong], answers: FAILED }
        : wrongSecond(wrong, [undefined, "frames" as const, 1][i - 2]);
  }
}

// --- 5: pieces of messages ---

const two = [frame(text, "fragment1", part), frame(more, "fragment2")];
const withPing = [two[0] as Frame, frame(ping, "between"), two[1] as Frame];
const five = ["a", "b", "c", "d"].map((piece, i) => frame(i === 0 ? text : more, piece, part));
const [a, b, c, d] = five as [Frame, Frame, Frame, Frame];
const orphan = (fin: boolean): readonly Frame[] => [
  frame(more, "no start", { fin }),
  frame(text, hello),
];
for (const [i, pieces] of ([undefined, "frames", 1] as const).entries()) {
  const how = pieces === undefined ? {} : { pieces };
  Object.assign(cases, {
    [`5.${3 + i}`]: { frames: two, answers: [echo("fragment1fragment2")], ...how },
    [`5.${6 + i}`]: {
      frames: withPing,
      answers: ["pong <between>", echo("fragment1fragment2")],
      ...how,
    },
    [`5.${9 + i}`]: { frames: orphan(true), answers: FAILED, ...how },
    [`5.${12 + i}`]: { frames: orphan(false), answers: FAILED, ...how },
  } satisfies Record<string, Case>);
}
Object.assign(cases, {
  "5.1": { frames: [frame(ping, "a", part), frame(more, "b")], answers: FAILED },
  "5.2": { frames: [frame(pong, "a", part), frame(more, "b")], answers: FAILED },
  "5.15": {
    frames: [...two, frame(more, "none", part), frame(text, hello)],
    answers: FAILED,
    may: [echo("fragment1fragment2")],
  },
  "5.16": {
    frames: [1, 2].flatMap(() => [frame(more, "x", part), frame(text, "y", part), frame(more)]),
    answers: FAILED,
  },
  "5.17": {
    frames: [1, 2].flatMap(() => [frame(more, "x"), frame(text, "y", part), frame(more)]),
    answers: FAILED,
  },
  "5.18": { frames: [frame(text, "a", part), frame(text, "b")], answers: FAILED },
  "5.19": {
    frames: [a, b, frame(ping, "1"), c, d, frame(ping, "2"), frame(more, "e")],
    answers: ["pong <1>", "pong <2>", echo("abcde")],
    pieces: "frames",
  },
  "5.20": {
    frames: [a, b, frame(ping, "1"), c, d, frame(ping, "2"), frame(more, "e")],
    answers: ["pong <1>", "pong <2>", echo("abcde")],
  },
} satisfies Record<string, Case>);

// --- 6: UTF-8 ---

const WORD = Buffer.from("Hello-µ@ßöäüàá-UTF-8!!");
const GREEK = Buffer.from("κόσμε");
const NOT_UTF8 = ["close 1007"];
/** A text whose pieces end behind these bytes. */
const inPieces = (bytes: Buffer, ends: readonly number[]): Frame[] =>
  [...ends, bytes.length].map((end, i) =>
    frame(i === 0 ? text : more, bytes.subarray(ends[i - 1] ?? 0, end), {
      fin: i === ends.length,
    }),
  );
const everyByte = (bytes: Buffer): Frame[] =>
  inPieces(
    bytes,
    Array.from({ length: bytes.length - 1 }, (_, i) => i + 1),
  );
const answerTo = (bytes: Buffer): string[] => [
  bytes.length > 20 ? `text ${bytes.length} bytes` : `text <${bytes.toString("latin1")}>`,
];
/** Right, then a code point that there is not, then right. */
const BROKEN = Buffer.from("cebae1bdb9cf83cebcceb5f4908080656469746564", "hex");

Object.assign(cases, {
  "6.1.1": { frames: [frame(text)], answers: ["text <>"] },
  "6.1.2": {
    frames: [frame(text, "", part), frame(more, "", part), frame(more)],
    answers: ["text <>"],
  },
  "6.1.3": {
    frames: [frame(text, "", part), frame(more, "middle", part), frame(more)],
    answers: [echo("middle")],
  },
  "6.2.1": { frames: [frame(text, WORD)], answers: answerTo(WORD) },
  "6.2.2": { frames: inPieces(WORD, [12]), answers: answerTo(WORD) },
  "6.2.3": { frames: everyByte(WORD), answers: answerTo(WORD) },
  "6.2.4": { frames: everyByte(GREEK), answers: answerTo(GREEK) },
  "6.3.1": {
    frames: [frame(text, Buffer.from("cebae1bdb9cf83cebcceb5eda080656469746564", "hex"))],
    answers: NOT_UTF8,
  },
  "6.3.2": {
    frames: everyByte(Buffer.from("cebae1bdb9cf83cebcceb5eda080656469746564", "hex")),
    answers: NOT_UTF8,
  },
  "6.4.1": { frames: inPieces(BROKEN, [11, 15]), answers: NOT_UTF8, pieces: "frames" },
  "6.4.2": { frames: inPieces(BROKEN, [12, 13]), answers: NOT_UTF8, pieces: "frames" },
  "6.4.3": { frames: [frame(text, BROKEN)], answers: NOT_UTF8, pieces: 13 },
  "6.4.4": { frames: [frame(text, BROKEN)], answers: NOT_UTF8, pieces: 1 },
} satisfies Record<string, Case>);

/** Bytes, and whether they are UTF-8. */
const sequences: Readonly<Record<string, readonly [valid: boolean, ...bytes: string[]]>> = {
  "6.5": [true, "68656c6c6f2475c2a2e282acf0a4ada274657374", "cebae1bdb9cf83cebcceb5"],
  // The beginnings of a word that end inside a letter, and those that do not.
  "6.6 a": [false, "ce", "cebae1", "cebae1bd", "cebae1bdb9cf", "cebae1bdb9cf83ce"],
  "6.6 b": [true, "ceba", "cebae1bdb9", "cebae1bdb9cf83", "cebae1bdb9cf83cebc"],
  "6.7": [true, "00", "c280", "e0a080", "f0908080"],
  "6.8": [false, "f888808080", "fc8480808080"],
  "6.9": [true, "7f", "dfbf", "efbfbf", "f48fbfbf"],
  "6.10": [false, "f7bfbfbf", "fbbfbfbfbf", "fdbfbfbfbfbf"],
  "6.11 a": [true, "ed9fbf", "ee8080", "efbfbd", "f48fbfbf"],
  "6.11 b": [false, "f4908080"],
  "6.12": [false, "80", "bf", "80bf", "80bf80", "80bf80bf", "808182838485868788898a8b8c8d8e8f"],
  "6.13": [false, "c020c120c220", "e020e120", "f020f120", "f820f920", "fc20"],
  "6.14": [false, "c0", "e080", "f08080", "f8808080", "df", "efbf", "f7bfbf", "fdbfbfbfbf"],
  "6.15": [false, "c0e080f08080f8808080fc80808080dfefbff7bfbffbbfbfbffdbfbfbfbf"],
  "6.16": [false, "fe", "ff", "fefeffff"],
  "6.17": [false, "c0af", "e080af", "f08080af", "f8808080af", "fc80808080af"],
  "6.18": [false, "c1bf", "e09fbf", "f08fbfbf", "f887bfbfbf", "fc83bfbfbfbf"],
  "6.19": [false, "c080", "e08080", "f0808080", "f880808080", "fc8080808080"],
  "6.20": [false, "eda080", "edadbf", "edae80", "edafbf", "edb080", "edbe80", "edbfbf"],
  "6.21": [false, "eda080edb080", "eda080edbfbf", "edadbfedb080", "edafbfedbfbf"],
  "6.22": [true, "efbfbe", "efbfbf", "f09fbfbe", "f09fbfbf", "f3afbfbe", "f48fbfbe", "f48fbfbf"],
  "6.23": [true, "efbfb9", "efbfba", "efbfbb", "efbfbc", "efbfbd"],
};
for (const [group, [valid, ...all]] of Object.entries(sequences)) {
  for (const hex of all) {
    const bytes = Buffer.from(hex, "hex");
    const answers = valid ? answerTo(bytes) : NOT_UTF8;
    cases[`${group} ${hex}`] = { frames: [frame(text, bytes)], answers };
    // Letters that are cut in two.
    if (bytes.length > 1)
      cases[`${group} ${hex} in pieces`] = { frames: everyByte(bytes), answers };
  }
}

// --- 7: the end ---

Object.assign(cases, {
  "7.1.1": {
    frames: [...first, frame(close, closing(1000))],
    answers: [echo(hello), "close 1000"],
  },
  "7.1.2": {
    frames: [frame(close, closing(1000)), frame(close, closing(1000))],
    answers: ["close 1000"],
  },
  "7.1.3": { frames: [frame(close, closing(1000)), frame(ping)], answers: ["close 1000"] },
  "7.1.4": { frames: [frame(close, closing(1000)), frame(text, hello)], answers: ["close 1000"] },
  "7.1.5": {
    frames: [two[0] as Frame, frame(close, closing(1000)), two[1] as Frame],
    answers: ["close 1000"],
  },
  "7.1.6": {
    frames: [frame(text, "B".repeat(262_144)), ...first, frame(close, closing(1000)), frame(ping)],
    answers: ["text 262144 bytes", echo(hello), "close 1000"],
  },
  "7.3.1": { frames: [frame(close)], answers: ["close"] },
  "7.3.2": { frames: [frame(close, "a")], answers: FAILED },
  "7.3.3": { frames: [frame(close, closing(1000))], answers: ["close 1000"] },
  "7.3.4": { frames: [frame(close, closing(1000, "bye"))], answers: ["close 1000 bye"] },
  "7.3.5": {
    frames: [frame(close, closing(1000, "*".repeat(123)))],
    answers: [`close 1000 ${"*".repeat(123)}`],
  },
  "7.3.6": { frames: [frame(close, closing(1000, "*".repeat(124)))], answers: FAILED },
  "7.5.1": { frames: [frame(close, closing(1000, BROKEN))], answers: NOT_UTF8 },
} satisfies Record<string, Case>);
const good = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999];
const bad = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999];
for (const [i, code] of good.entries()) {
  cases[`7.7.${i + 1}`] = { frames: [frame(close, closing(code))], answers: [`close ${code}`] };
}
for (const [i, code] of bad.entries()) {
  cases[`7.9.${i + 1}`] = { frames: [frame(close, closing(code))], answers: FAILED };
}
for (const [i, code] of [5000, 65_535].entries()) {
  cases[`7.13.${i + 1}`] = { frames: [frame(close, closing(code))], answers: FAILED };
}

// --- 9 and 10: much, and in many pieces ---

const MiB = 1024 * 1024;
const large = Buffer.alloc(MiB, "*");
const every = (bytes: Buffer, size: number): Frame[] =>
  inPieces(
    bytes,
    Array.from({ length: Math.ceil(bytes.length / size) - 1 }, (_, i) => (i + 1) * size),
  );
Object.assign(cases, {
  "9.1.3": { frames: [frame(text, large)], answers: [`text ${MiB} bytes`] },
  "9.2.3": { frames: [frame(binary, large)], answers: [`binary ${MiB} bytes`] },
  "9.3.4": { frames: every(large, 4096), answers: [`text ${MiB} bytes`] },
  "9.5.6": { frames: [frame(text, large)], answers: [`text ${MiB} bytes`], pieces: 2048 },
  "9.7.1": {
    frames: Array.from({ length: 1000 }, () => frame(text)),
    answers: Array.from({ length: 1000 }, () => "text <>"),
  },
  "10.1.1": { frames: every(large.subarray(0, 65_536), 1300), answers: ["text 65536 bytes"] },
  "over the limit": { frames: [frame(text, Buffer.alloc(MiB + 1, "*"))], answers: ["close 1009"] },
  "over the limit in pieces": {
    frames: every(Buffer.alloc(MiB + 1, "*"), 65_536),
    answers: ["close 1009"],
  },
  "too many pieces": {
    frames: Array.from({ length: 20_000 }, (_, i) => frame(i === 0 ? text : more, "", part)),
    answers: ["close 1008"],
  },
} satisfies Record<string, Case>);

export const CASES: Readonly<Record<string, Case>> = cases;
