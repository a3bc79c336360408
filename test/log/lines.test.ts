import { expect } from "chai";
import { Failure } from "../../src/defer/index.ts";
import { jsonLine, type LogFields, textLine } from "../../src/log/index.ts";

const TIME = Date.UTC(2026, 1, 28, 23, 59, 59, 7) / 1000;

const text = (message: string, fields: LogFields = {}): string =>
  textLine({ time: TIME, level: "warn", message, fields });
const json = (message: string, fields: LogFields = {}): Record<string, unknown> =>
  JSON.parse(jsonLine({ time: TIME, level: "warn", message, fields })) as Record<string, unknown>;

describe("log lines", () => {
  const circular: Record<string, unknown> = { name: "a" };
  circular["self"] = circular;
  const failing = {
    get bad(): never {
      throw new Error("no");
    },
  };
  const wild: Record<string, unknown> = {
    big: 10n,
    nan: NaN,
    symbol: Symbol("s"),
    nothing: null,
    absent: undefined,
    f() {},
    date: new Date(0),
    broken: new Date(NaN),
    bytes: new Uint8Array([1, 2, 255]),
    map: new Map([["k", 1]]),
    set: new Set(["v"]),
    circular,
    failing,
    proxy: new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error("no");
        },
      },
    ),
    long: "x".repeat(100_000),
    many: Array.from({ length: 5000 }, (_, i) => i),
  };

  it("text: the time, the level, the message, the fields", () => {
    expect(text("a b", { port: 7000, peer: "10.0.0.5:9", name: "a b", empty: "" })).to.equal(
      '2026-02-28T23:59:59.007Z warn  a b port=7000 peer=10.0.0.5:9 name="a b" empty=""',
    );
  });

  it("times are those of Date", () => {
    for (let day = 0; day < 60_000; day += 97) {
      const ms = day * 86_400_000 + ((day * 12_345_678) % 86_400_000);
      const line = textLine({ time: ms / 1000, level: "info", message: "", fields: {} });
      expect(line.slice(0, 24)).to.equal(new Date(ms).toISOString());
    }
  });

  it("text: what peers send cannot begin a line, nor move the cursor", () => {
    const evil = "in\n2026-01-01T00:00:00.000Z error forged\r\u001b[2J\u009b1m\u2028";
    const lines = text(evil, { [evil]: evil, error: new Error(evil) }).split("\n");
    expect(lines[0]).to.match(/^2026-02-28\S+ warn {2}in\\n2026\S+ error forged\\r\\u001b\[2J/);
    for (const line of lines.slice(1)) expect(line).to.match(/^ {4}/);
    expect(lines.join("")).not.to.match(/[\p{Cc}\u2028]/u);
  });

  it("text: an error has its stack and its causes below", () => {
    const error = new TypeError("outer", { cause: new Failure(new RangeError("inner")) });
    const lines = text("failed", { error, n: 1 }).split("\n");
    expect(lines[0]).to.equal("2026-02-28T23:59:59.007Z warn  failed n=1");
    expect(lines[1]).to.equal("    TypeError: outer");
    expect(lines[2]).to.match(/^ {8}at .*lines\.test\.ts/);
    expect(lines).to.include("    caused by RangeError: inner");
    expect(text("f", { error: "just text" }).split("\n")[1]).to.equal('    "just text"');
  });

  it("text: a chain of causes without end has one", () => {
    const error = new Error("round");
    error.cause = error;
    expect(text("f", { error }).match(/caused by/g)).to.have.lengthOf(5);
  });

  it("json: one object a line, an error with its code and causes", () => {
    const error = Object.assign(new Error("no"), { code: "ERR_X", cause: "why" });
    const { error: written, ...others } = json("a\nb", { error, level: "mine", n: 1 });
    expect(others).to.deep.equal({
      time: "2026-02-28T23:59:59.007Z",
      level: "warn",
      message: "a\nb",
      _level: "mine",
      n: 1,
    });
    const { stack, ...rest } = written as { stack: string };
    expect(rest).to.deep.equal({ type: "Error", message: "no", code: "ERR_X", cause: "why" });
    expect(stack).to.include("lines.test.ts");
    expect(jsonLine({ time: 0, level: "info", message: "\n", fields: {} })).not.to.include("\n");
  });

  it("json: whatever the fields hold, it is a line of bounded size", () => {
    const line = json("wild", wild);
    expect(line).to.deep.include({
      big: "10",
      nan: "NaN",
      symbol: "Symbol(s)",
      nothing: null,
      f: "[function f]",
      date: "1970-01-01T00:00:00.000Z",
      broken: null,
      bytes: "[3 bytes: 0102ff]",
      map: { k: 1 },
      set: ["v"],
      failing: { bad: "[cannot be shown]" },
      proxy: "[cannot be shown]",
    });
    expect(line).not.to.have.property("absent");
    expect(line["long"]).to.match(/^x{8192}… \(91808 more\)$/);
    expect(line["many"]).to.have.lengthOf(101);
    expect(JSON.stringify(line["circular"])).to.include("[object]");
  });

  it("neither text nor json is long for fields without end", () => {
    let deep: unknown = "end";
    for (let i = 0; i < 10_000; i++) deep = Array.from({ length: 50 }, () => deep);
    for (const line of [text("deep", { deep }), JSON.stringify(json("deep", { deep }))]) {
      expect(line.length).to.be.below(100_000);
    }
    expect(text("wild", wild).length).to.be.below(100_000);
  });

  it("an error is shown whatever its properties are, or do when they are read", () => {
    const no = (): never => {
      throw new Error("no");
    };
    for (const property of ["name", "message", "stack", "cause", "code"]) {
      for (const value of [10n, Symbol("s"), null, {}, { toJSON: no, toString: no }, no]) {
        const error = Object.defineProperty(new Error("said"), property, { value });
        expect(text("f", { error })).to.match(/ warn {2}f\n {4}\S/);
        expect(json("f", { error })).to.have.nested.property("error.type").that.is.a("string");
      }
      const error = Object.defineProperty(new Error("said"), property, { get: no });
      expect(text("f", { error })).to.match(/ warn {2}f\n {4}\S/);
      expect(json("f", { error })).to.have.nested.property("error.type");
    }
    const handler = new Proxy({}, { get: () => no });
    const error = new Proxy(new Error("said"), handler);
    expect(text("f", { error })).to.include('    "[cannot be shown]"');
    expect(json("f", { error })["error"]).to.equal("[cannot be shown]");
  });

  it("a message that is no text is written all the same", () => {
    for (const message of [undefined, null, 10n, Symbol("s"), {}, Object.create(null)]) {
      expect(text(message as string)).to.match(/ warn {2}\S/);
      expect(json(message as string)["message"]).to.be.a("string");
    }
  });

  it("the names of fields forge no other fields", () => {
    expect(text("m", { "a=1 level": 2, 'q"': 3, "": 4 })).to.match(
      / warn {2}m "a=1 level"=2 "q\\""=3 ""=4$/,
    );
  });

  it("json: nothing in it steers a terminal, or turns what is beside it", () => {
    const evil = "\u009b2J\u007f\u202e\u2066\u200f";
    const line = jsonLine({ time: TIME, level: "warn", message: evil, fields: { [evil]: evil } });
    expect(line).not.to.match(/[\p{Cc}\p{Bidi_Control}]/u);
    expect(JSON.parse(line)).to.deep.include({ message: evil, [evil]: evil });
    expect(text(evil, { [evil]: evil })).not.to.match(/[\p{Cc}\p{Bidi_Control}]/u);
  });

  it("neither is long for many fields, and many long texts in them", () => {
    const long = "x".repeat(10_000);
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`${long}${i}`, i]));
    for (const fields of [many, { texts: Array.from({ length: 1000 }, () => long) }, { many }]) {
      expect(text("m", fields).length).to.be.below(100_000);
      expect(JSON.stringify(json("m", fields)).length).to.be.below(100_000);
    }
  });
});
