import { expect } from "chai";
import fc from "fast-check";
import {
  encodeRedisCommand,
  encodeResp,
  RedisReplyError,
  RespDecoder,
  type RespFormat,
  RespPush,
  type RespValue,
} from "skein/protocols";
import { cut, fuzz, sizes } from "../../support/fuzz.ts";

const encoder = new TextEncoder();

/** What comes of the bytes, and why no more does. */
function decode(pieces: Iterable<Uint8Array>, format: RespFormat = {}): unknown[] {
  const decoder = new RespDecoder(format);
  const values: unknown[] = [];
  for (const piece of pieces) {
    decoder.push(piece);
    try {
      for (let value = decoder.next(); value !== undefined; value = decoder.next()) {
        values.push(plain(value));
      }
    } catch (error) {
      return [...values, (error as Error).name];
    }
  }
  return values;
}

/** Errors compare by their messages. */
function plain(value: RespValue): unknown {
  if (value instanceof RedisReplyError) return { error: value.message };
  if (value instanceof RespPush) return { push: value.items.map(plain) };
  if (value instanceof Map) return { map: [...value].map((pair: RespValue[]) => pair.map(plain)) };
  if (value instanceof Set) return { set: [...value].map((item: RespValue) => plain(item)) };
  if (value instanceof Uint8Array) return { bytes: [...value] };
  return Array.isArray(value) ? value.map((item: RespValue) => plain(item)) : value;
}

const of = (text: string, format?: RespFormat): unknown[] => decode([encoder.encode(text)], format);

describe("the codec of RESP", () => {
  const values: Record<string, [text: string, value: unknown]> = {
    "simple strings": ["+OK\r\n", "OK"],
    errors: ["-WRONGTYPE no list\r\n", { error: "WRONGTYPE no list" }],
    integers: [":-12\r\n", -12],
    "integers that no number holds": [":9223372036854775807\r\n", 9223372036854775807n],
    "bulk strings": ["$5\r\na\r\nbc\r\n", "a\r\nbc"],
    "empty strings": ["$0\r\n\r\n", ""],
    nulls: ["*3\r\n$-1\r\n*-1\r\n_\r\n", [null, null, null]],
    "arrays in arrays": ["*2\r\n*1\r\n:1\r\n*0\r\n", [[1], []]],
    "errors in arrays": ["*1\r\n-ERR x\r\n", [{ error: "ERR x" }]],
    doubles: ["*4\r\n,1.5\r\n,-inf\r\n,nan\r\n,1e-7\r\n", [1.5, -Infinity, Number.NaN, 1e-7]],
    booleans: ["*2\r\n#t\r\n#f\r\n", [true, false]],
    "big numbers": ["(12345678901234567890123\r\n", 12345678901234567890123n],
    "errors with a length": ["!5\r\nERR x\r\n", { error: "ERR x" }],
    "verbatim strings": ["=7\r\ntxt:tea\r\n", "tea"],
    maps: [
      "%2\r\n+a\r\n:1\r\n+b\r\n*0\r\n",
      {
        map: [
          ["a", 1],
          ["b", []],
        ],
      },
    ],
    sets: ["~2\r\n:1\r\n:2\r\n", { set: [1, 2] }],
    pushes: [">2\r\n+message\r\n+x\r\n", { push: ["message", "x"] }],
    "values behind attributes": ["*1\r\n|1\r\n+ttl\r\n:3\r\n+tea\r\n", ["tea"]],
  };
  for (const [title, [text, value]] of Object.entries(values)) {
    it(`reads ${title}`, () => expect(of(text)).to.deep.equal([value]));
  }

  it("gives strings as bytes, where that is wished", () => {
    expect(of("*2\r\n$1\r\na\r\n+b\r\n", { bulk: "bytes" })).to.deep.equal([
      [{ bytes: [97] }, "b"],
    ]);
  });

  it("takes what people type for commands, where that is wished", () => {
    expect(of("\r\n set tea  green\nPING\r\n", { inline: true })).to.deep.equal([
      ["set", "tea", "green"],
      ["PING"],
    ]);
    expect(of("PING\r\n")).to.deep.equal(["BadFrameError"]);
  });

  const broken: Record<string, string> = {
    "a length that is none": "$x\r\n",
    "a length below zero": "$-2\r\n",
    "a length in other digits": "$0x10\r\n",
    "a string that is longer than it says": "$1\r\nabc\r\n",
    "an integer that is none": ":1.5\r\n",
    "a double that is none": ",1.5x\r\n",
    "a boolean that is none": "#x\r\n",
    "a streamed string": "$?\r\n",
    "a line without a return": "+OK\n",
    "a type that is none": "?\r\n",
  };
  for (const [title, text] of Object.entries(broken)) {
    it(`refuses ${title}`, () => expect(of(text)).to.deep.equal(["BadFrameError"]));
  }

  const limits: Record<string, [text: string, format: RespFormat]> = {
    "a string over the limit": ["$11\r\n", { maxBytes: 10 }],
    "strings that are over it together": ["*2\r\n$6\r\nabcdef\r\n$5\r\n", { maxBytes: 10 }],
    "simple strings that are": ["*2\r\n+abcdef\r\n+abcde\r\n", { maxBytes: 10 }],
    "a line over the limit": ["+abcdefghijklm", { maxLineBytes: 10 }],
    "an array of too many": ["*11\r\n", { maxElements: 10 }],
    "arrays of too many together": ["*6\r\n*5\r\n", { maxElements: 10 }],
    "a map of too many": ["%6\r\n", { maxElements: 10 }],
    "attributes without end": ["|0\r\n".repeat(11), { maxElements: 10 }],
    "a length of a terabyte": ["$1099511627776\r\n", {}],
    "a billion values": ["*1000000000\r\n", {}],
  };
  for (const [title, [text, format]] of Object.entries(limits)) {
    it(`refuses ${title} before it comes`, () => {
      expect(of(text, format)).to.deep.equal(["FrameTooLongError"]);
    });
  }

  it("refuses arrays that are too deep", () => {
    expect(of("*1\r\n*1\r\n*1\r\n:1\r\n", { maxDepth: 3 })).to.deep.equal([[[[1]]]]);
    expect(of("*1\r\n*1\r\n*1\r\n", { maxDepth: 2 })).to.deep.equal(["BadFrameError"]);
  });

  it("gives back what it has not used, whole", () => {
    const decoder = new RespDecoder();
    const rest = "*2\r\n*1\r\n:1\r\n$5\r\nab";
    decoder.push(encoder.encode(`+OK\r\n${rest}`));
    expect([decoder.next(), decoder.next()]).to.deep.equal(["OK", undefined]);
    expect(new TextDecoder().decode(decoder.takeRest())).to.equal(rest);
    decoder.push(encoder.encode("+again\r\n"));
    expect(decoder.next()).to.equal("again");
  });

  it("writes commands, whose words are of any bytes", () => {
    const bytes = encodeRedisCommand(["SET", Uint8Array.of(13), 1, 2n]);
    expect(new TextDecoder().decode(bytes)).to.equal(
      "*4\r\n$3\r\nSET\r\n$1\r\n\r\r\n$1\r\n1\r\n$1\r\n2\r\n",
    );
  });

  it("writes in RESP2 what comes nearest", () => {
    const value = [new Map([["a", true]]), new Set([1.5]), null, new RedisReplyError("ERR a\r\nb")];
    expect(new TextDecoder().decode(encodeResp(value, 2))).to.equal(
      "*4\r\n*2\r\n$1\r\na\r\n:1\r\n*1\r\n$3\r\n1.5\r\n$-1\r\n-ERR a b\r\n",
    );
  });

  const value = fc.letrec<{ value: RespValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3, depthSize: "small" },
      fc.string({ unit: "grapheme" }),
      fc.maxSafeInteger(),
      fc.double(),
      fc.bigInt(-(2n ** 70n), 2n ** 70n),
      fc.boolean(),
      fc.constant(null),
      fc.constant(new RedisReplyError("ERR no tea")),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.array(tie("value"), { maxLength: 4 }).map((items) => new RespPush(items)),
      fc.array(tie("value"), { maxLength: 4 }).map((items) => new Set(items)),
      fc.array(fc.tuple(tie("value"), tie("value")), { maxLength: 3 }).map((ps) => new Map(ps)),
    ),
  })).value;
  /** Not every number comes back as the type that it was. */
  const numbers = (given: unknown): unknown =>
    JSON.stringify(given, (_key, item: unknown) =>
      typeof item === "bigint" || typeof item === "number" ? `${item}` : item,
    );
  fuzz(
    "reads what it has written, however it is cut",
    fc.property(value, sizes, (written, pieces) => {
      const read = decode(cut(encodeResp(written, 3), pieces));
      expect(read).to.have.length(1);
      expect(numbers(read[0])).to.equal(numbers(plain(written)));
    }),
  );

  const part = fc.oneof(
    fc.constantFrom("*2\r\n", "*1\r\n", "%1\r\n", "|1\r\n", ">2\r\n", "~1\r\n", "$3\r\n", "=5\r\n"),
    fc.constantFrom("abc\r\n", ":1\r\n", "+a\r\n", "_\r\n", "$-1\r\n", "*0\r\n", "\r\n", "#t\r\n"),
    fc.constantFrom(
      "!3\r\n",
      ",1\r\n",
      "(1\r\n",
      "$40\r\n",
      "*40\r\n",
      "get a\r\n",
      "\n",
      "$",
      "-E\r\n",
    ),
    fc.string({ maxLength: 4 }),
  );
  const noise = fc.array(part, { maxLength: 30 }).map((parts) => encoder.encode(parts.join("")));
  fuzz(
    "gives the same values however the bytes are cut",
    fc.property(noise, sizes, fc.boolean(), (bytes, pieces, inline) => {
      const format = { maxBytes: 30, maxElements: 30, maxDepth: 4, maxLineBytes: 30, inline };
      expect(decode(cut(bytes, pieces), format)).to.deep.equal(decode([bytes], format));
    }),
  );
});
