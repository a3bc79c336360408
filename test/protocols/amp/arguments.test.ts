import { spawnSync } from "node:child_process";
import { expect } from "chai";
import fc from "fast-check";
import {
  ampList,
  type ArgumentType,
  BadArgumentError,
  bigInteger,
  boolean,
  bytes,
  dateTime,
  decimal,
  float,
  integer,
  listOf,
  optional,
  path,
  unicode,
  ValueTooLongError,
} from "skein/amp";
import { fuzz } from "../../support/fuzz.ts";
import { needsTwisted, PYTHON } from "../../support/twisted.ts";

const encoder = new TextEncoder();
const wire = (type: ArgumentType<unknown>, value: unknown): Uint8Array => {
  const sent = type.encode(value);
  return typeof sent === "string" ? encoder.encode(sent) : sent;
};
const text = (type: ArgumentType<unknown>, value: unknown): string =>
  Buffer.from(wire(type, value)).toString("latin1");
const from = (type: ArgumentType<unknown>, sent: string): unknown =>
  type.decode(Uint8Array.from(Buffer.from(sent, "latin1")));

const records = ampList({ name: unicode, age: optional(integer) });

/** What is sent for a value. */
const same: [type: ArgumentType<unknown>, value: unknown, sent: string][] = [
  [integer, 0, "0"],
  [integer, -12, "-12"],
  [integer, Number.MAX_SAFE_INTEGER, "9007199254740991"],
  [bigInteger, 2n ** 70n, "1180591620717411303424"],
  [bigInteger, -1n, "-1"],
  [float, 1, "1.0"],
  [float, -0, "-0.0"],
  [float, 0.1, "0.1"],
  [float, 1e15, "1000000000000000.0"],
  [float, 1e16, "1e+16"],
  [float, 1.5e300, "1.5e+300"],
  [float, 0.0001, "0.0001"],
  [float, 0.00001, "1e-05"],
  [float, 5e-324, "5e-324"],
  [float, Infinity, "inf"],
  [float, -Infinity, "-inf"],
  [float, Number.NaN, "nan"],
  [boolean, true, "True"],
  [boolean, false, "False"],
  [unicode, "tea", "tea"],
  [unicode, "\uFEFFté🧶", "\xef\xbb\xbft\xc3\xa9\xf0\x9f\xa7\xb6"],
  [unicode, "é".repeat(100), "\xc3\xa9".repeat(100)],
  [unicode, "", ""],
  [path, "/tmp/a b", "/tmp/a b"],
  [decimal, "1.50", "1.50"],
  [decimal, "1E+2", "1E+2"],
  [decimal, "-Infinity", "-Infinity"],
  [decimal, "sNaN", "sNaN"],
  [dateTime, 0, "1970-01-01T00:00:00.000000-00:00"],
  [dateTime, 951_827_696.123456, "2000-02-29T12:34:56.123456-00:00"],
  [dateTime, -0.000001, "1969-12-31T23:59:59.999999-00:00"],
  [dateTime, -62_135_596_800, "0001-01-01T00:00:00.000000-00:00"],
  [dateTime, 253_402_300_799, "9999-12-31T23:59:59.000000-00:00"],
  [listOf(integer), [3, 70], "\0\x013\0\x0270"],
  [listOf(integer), [], ""],
  [listOf(listOf(unicode)), [["a"], []], "\0\x03\0\x01a\0\0"],
  [
    records,
    [{ name: "Ada", age: 36 }, { name: "Bo" }],
    "\0\x03age\0\x0236\0\x04name\0\x03Ada\0\0\0\x04name\0\x02Bo\0\0",
  ],
];

/** What comes as these values too. */
const taken: [type: ArgumentType<unknown>, sent: string, value: unknown][] = [
  [integer, "+5", 5],
  [integer, "-0", 0],
  [integer, "007", 7],
  [bigInteger, "+5", 5n],
  [float, "3", 3],
  [float, ".5", 0.5],
  [float, "Infinity", Infinity],
  [float, "1E3", 1000],
  [dateTime, "2020-01-01T00:00:00.500000+02:00", 1_577_829_600.5],
  [dateTime, "2020-01-01T00:00:00.000000-05:30", 1_577_856_600],
];

const cannotBeSent: [type: ArgumentType<unknown>, value: unknown][] = [
  [integer, 1.5],
  [integer, 2 ** 53],
  [integer, Number.NaN],
  [integer, "1"],
  [bigInteger, 1],
  [float, "1.5"],
  [boolean, 1],
  [bytes, "text"],
  [unicode, 7],
  [unicode, "half \ud83e"],
  [decimal, "1.5.2"],
  [decimal, 1.5],
  [dateTime, Number.NaN],
  [dateTime, 253_402_300_800],
  [listOf(integer), 7],
  [listOf(integer), [1, "2"]],
  [records, [{ age: 1 }]],
  [records, "none"],
];

const isNone: [type: ArgumentType<unknown>, sent: string][] = [
  [integer, ""],
  [integer, "1.0"],
  [integer, "9007199254740992"],
  [integer, "0x10"],
  [bigInteger, "12a"],
  [bigInteger, ""],
  [float, "1,5"],
  [float, ""],
  [float, "0x10"],
  [boolean, "true"],
  [unicode, "\xff"],
  [decimal, "one"],
  [dateTime, "2020-01-01"],
  [dateTime, "2021-02-29T00:00:00.000000+00:00"],
  [dateTime, "2020-13-01T00:00:00.000000+00:00"],
  [dateTime, "2020-01-01T24:00:00.000000+00:00"],
  [dateTime, "0000-01-01T00:00:00.000000+00:00"],
  [listOf(integer), "\0\x021"],
  [listOf(integer), "\0"],
  [listOf(integer), "\0\x01x"],
  [records, "\0\x04name\0\x02Bo"],
  [records, "\0\x03age\0\x0136\0\0"],
  [records, "\x01"],
];

describe("AMP's types of arguments", () => {
  it("send what Twisted's do, and take it back", () => {
    for (const [type, value, sent] of same) {
      expect(text(type, value)).to.equal(sent);
      expect(from(type, sent)).to.deep.equal(value);
    }
    const some = Uint8Array.of(0, 255, 10);
    expect(wire(bytes, some)).to.deep.equal(some);
    expect(bytes.decode(some)).to.deep.equal(some);
  });

  it("take other forms of their values", () => {
    for (const [type, sent, value] of taken) expect(from(type, sent)).to.equal(value);
    expect(from(decimal, "1e5")).to.equal("1e5");
  });

  for (const [i, [type, value]] of cannotBeSent.entries()) {
    it(`refuse to send what is none (${i}: ${String(value)})`, () => {
      expect(() => type.encode(value)).to.throw();
      try {
        type.encode(value);
      } catch (error) {
        expect(error).to.be.instanceOf(BadArgumentError);
      }
    });
  }

  for (const [i, [type, sent]] of isNone.entries()) {
    it(`refuse what came and is none (${i}: ${JSON.stringify(sent)})`, () => {
      expect(() => from(type, sent)).to.throw();
    });
  }

  it("read the longest values in a moment, whatever they are", () => {
    // In time that grows with the square of their length, these take minutes.
    const digits = "1".repeat(65_534);
    for (const type of [integer, bigInteger, float, decimal] as ArgumentType<unknown>[]) {
      for (const sent of [`${digits}x`, `${digits}.x`, `.${digits}x`, `nan${digits}x`]) {
        for (let i = 0; i < 5; i++) {
          expect(() => from(type, sent)).to.throw(BadArgumentError);
        }
      }
    }
  });

  it("say where in a list something is wrong", () => {
    expect(() => records.encode([{ name: 7 as unknown as string }])).to.throw(
      BadArgumentError,
      "name of a record: number given for text",
    );
    expect(() => listOf(unicode).encode(["x".repeat(65_536)])).to.throw(ValueTooLongError);
  });

  it("are Twisted's, of which each understands the other's", function () {
    needsTwisted(this);
    const script = `
import sys
from twisted.protocols import amp
types = {"integer": amp.Integer(), "float": amp.Float(), "boolean": amp.Boolean(),
  "unicode": amp.Unicode(), "decimal": amp.Decimal(), "dateTime": amp.DateTime(),
  "list": amp.ListOf(amp.Integer())}
for line in sys.stdin:
    name, sent = line.rstrip("\\n").split(" ")
    type_ = types[name]
    print(type_.toString(type_.fromString(bytes.fromhex(sent))).hex())
`;
    const names = new Map<ArgumentType<unknown>, string>([
      [integer, "integer"],
      [bigInteger, "integer"],
      [float, "float"],
      [boolean, "boolean"],
      [unicode, "unicode"],
      [decimal, "decimal"],
      [dateTime, "dateTime"],
    ]);
    const lines = same
      .filter(([type]) => names.has(type))
      .map(([type, , sent]) => `${names.get(type)} ${Buffer.from(sent, "latin1").toString("hex")}`);
    const run = spawnSync(PYTHON, ["-c", script], { input: lines.join("\n"), encoding: "utf8" });
    expect(run.stderr).to.equal("");
    const back = run.stdout.trimEnd().split("\n");
    expect(back).to.deep.equal(lines.map((line) => line.split(" ")[1]));
  });

  fuzz(
    "give back any value as it was sent",
    fc.property(
      fc.maxSafeInteger(),
      fc.bigInt(),
      fc.double(),
      fc.string({ unit: "grapheme" }),
      fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_000 }),
      (whole, big, double, string, milliseconds) => {
        expect(integer.decode(wire(integer, whole))).to.equal(whole + 0);
        expect(bigInteger.decode(wire(bigInteger, big))).to.equal(big);
        expect(Object.is(float.decode(wire(float, double)), double)).to.equal(true);
        expect(unicode.decode(wire(unicode, string))).to.equal(string);
        const time = milliseconds / 1000;
        expect(dateTime.decode(wire(dateTime, time))).to.equal(time);
        // The calendar is the platform's.
        const second = Math.floor(time);
        const date = new Date(second * 1000).toISOString().slice(0, 19);
        expect(text(dateTime, second).slice(0, 19)).to.equal(date);
      },
    ),
  );

  fuzz(
    "throw BadArgumentErrors at most, whatever comes",
    fc.property(fc.uint8Array({ maxLength: 40 }), (sent) => {
      const all: ArgumentType<unknown>[] = [integer, bigInteger, float, boolean, unicode, decimal];
      for (const type of [...all, dateTime, listOf(unicode)]) {
        try {
          type.decode(sent);
        } catch (error) {
          expect(error).to.be.instanceOf(BadArgumentError);
        }
      }
    }),
  );
});
