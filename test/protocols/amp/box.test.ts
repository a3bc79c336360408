import { spawnSync } from "node:child_process";
import { expect } from "chai";
import fc from "fast-check";
import { type Box, BoxDecoder, encodeBox } from "skein/amp";
import { cut, fuzz, sizes } from "../../support/fuzz.ts";
import { needsTwisted, PYTHON } from "../../support/twisted.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const unhex = (text: string): Uint8Array =>
  Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));
const plain = (box: Box | undefined): Record<string, string> | undefined =>
  box && Object.fromEntries([...box].map(([key, value]) => [key, hex(value)]));

/** Boxes, what is wrong with the bytes, and how many are in no box. */
function decode(pieces: Iterable<Uint8Array>, maxBoxBytes = 200): unknown[] {
  const decoder = new BoxDecoder({ maxBoxBytes });
  const events: unknown[] = [];
  try {
    for (const piece of pieces) {
      decoder.push(piece);
      for (let box = decoder.next(); box !== undefined; box = decoder.next()) {
        events.push(plain(box));
      }
    }
  } catch (error) {
    return [...events, (error as Error).message];
  }
  return [...events, decoder.takeRest().length];
}

describe("AMP boxes", () => {
  const table: [what: string, bytes: string, ...events: unknown[]][] = [
    ["a box", "00016100026869 0000", { a: "6869" }, 0],
    ["two values", "000161000178 000162000179 0000", { a: "78", b: "79" }, 0],
    ["an empty value", "000161 0000 0000", { a: "" }, 0],
    ["an empty box", "0000", {}, 0],
    ["two boxes", "0001610001780000 0001620001790000", { a: "78" }, { b: "79" }, 0],
    ["the last of two values of a key", "000161000178 000161000179 0000", { a: "79" }, 0],
    ["a key that is not ASCII", "0001ff00000000", { ÿ: "" }, 0],
    ["half a box", "000161000178", 6],
    ["half a value", "0001610005783c", 7],
    ["a key of 256 bytes", "0100", "the peer sent no AMP box: a key has over 255 bytes"],
    ["the first byte of such a key", "47", "the peer sent no AMP box: a key has over 255 bytes"],
    [
      "a value over the limit, before it has come",
      "000161ffff",
      "the peer announced a frame of 65542 bytes: 200 are taken at most",
    ],
    [
      "one value too many",
      `${`0001610050${"00".repeat(80)}`.repeat(2)}000162001d`,
      "the peer announced a frame of 206 bytes: 200 are taken at most",
    ],
  ];
  for (const [what, bytes, ...events] of table) {
    it(`makes of ${what} what it is, however it is cut`, () => {
      for (const size of [1, 2, 3, 5, 1000]) {
        expect(decode(cut(unhex(bytes), [size]))).to.deep.equal(events);
      }
    });
  }

  it("are written with their keys in order", () => {
    const box = encodeBox({ b: Uint8Array.of(255), a: "é", "-": "" });
    expect(box).to.deep.equal(unhex("00012d0000 0001610002c3a9 0001620001ff 0000"));
  });

  it("are not written with what is too long, or a key of nothing", () => {
    expect(() => encodeBox({ key: "x".repeat(65_536) })).to.throw("the value of key has 65536");
    expect(() => encodeBox({ ["k".repeat(256)]: "" })).to.throw("256 bytes: AMP sends 255 at most");
    expect(() => encodeBox({ "": "" })).to.throw("the key");
    const longest = encodeBox({ ["k".repeat(255)]: "x".repeat(65_535) });
    expect(decode([longest], longest.length)).to.have.length(2);
    expect(decode([longest], longest.length - 1)[0]).to.match(/announced a frame of 65796 bytes/);
  });

  it("give back what is in no box, to be read by another", () => {
    const bytes = encodeBox({ one: "1", two: "2" });
    const [first, second] = [1, 2].map(() => new BoxDecoder({ maxBoxBytes: 100 }));
    first?.push(bytes.subarray(0, 13));
    expect(first?.next()).to.equal(undefined);
    second?.push(first?.takeRest() as Uint8Array);
    second?.push(bytes.subarray(13));
    expect(plain(second?.next())).to.deep.equal({ one: "31", two: "32" });
    first?.push(bytes);
    expect(plain(first?.next())).to.deep.equal({ one: "31", two: "32" });
  });

  it("are, byte for byte, Twisted's", function () {
    needsTwisted(this);
    const boxes = [{ a: "", _ask: "1", _command: "Sum", Z: "é", "b-c": "x".repeat(300) }, {}];
    const script =
      "import json, sys; from twisted.protocols.amp import Box\n" +
      "for box in json.load(sys.stdin): print(Box({k.encode(): v.encode()" +
      " for k, v in box.items()}).serialize().hex())";
    const { stdout } = spawnSync(PYTHON, ["-c", script], {
      input: JSON.stringify(boxes),
      encoding: "utf8",
    });
    expect(stdout.trim().split("\n")).to.deep.equal(boxes.map((box) => hex(encodeBox(box))));
  });

  const keys = fc.string({ minLength: 1, maxLength: 9 }).map((s) => s.replaceAll(/[^ -~]/g, "?"));
  const values = fc.uint8Array({ maxLength: 30 });
  fuzz(
    "come back as they were written",
    fc.property(fc.array(fc.dictionary(keys, values), { maxLength: 5 }), sizes, (boxes, pieces) => {
      const bytes = Buffer.concat(boxes.map((box) => encodeBox(box)));
      const expected = boxes.map((box) =>
        Object.fromEntries(Object.entries(box).map(([key, value]) => [key, hex(value)])),
      );
      expect(decode(cut(bytes, pieces), 10_000)).to.deep.equal([...expected, 0]);
    }),
  );

  const parts = fc.array(
    fc.oneof(
      fc.dictionary(keys, values).map((box) => encodeBox(box)),
      fc.uint8Array({ maxLength: 8 }),
      fc.constant(Uint8Array.of(0, 1, 97)),
    ),
    { maxLength: 8 },
  );
  fuzz(
    "are the same of any bytes, however they are cut, and no more than one is kept",
    fc.property(parts, sizes, (given, pieces) => {
      const bytes = Uint8Array.from(Buffer.concat(given));
      const whole = decode([bytes]);
      expect(decode(cut(bytes, pieces))).to.deep.equal(whole);
      const last = whole.at(-1);
      if (typeof last === "number") expect(last).to.be.below(200);
    }),
  );
});
