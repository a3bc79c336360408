import { expect } from "chai";
import fc from "fast-check";
import { SmallValues } from "../../src/core/small-values.ts";

const BYTES = 240;

function place(): SmallValues {
  return new SmallValues(new SharedArrayBuffer(BYTES + 16), 8, BYTES);
}

describe("small values in shared memory", () => {
  it("come out as a structured clone would have them", () => {
    const values = place();
    let written = 0;
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, withSparseArray: true }), (value) => {
        if (!values.write(value)) return;
        written++;
        expect(values.read()).to.deep.equal(structuredClone(value));
      }),
      { numRuns: 3000 },
    );
    expect(written).to.be.greaterThan(500);
  });

  for (const value of [-0, NaN, Infinity, 2 ** 31, -(2 ** 31), 0.1, "", "é", "a".repeat(200)]) {
    it(`keep ${Object.is(value, -0) ? "-0" : JSON.stringify(value)} as it is`, () => {
      const values = place();
      expect(values.write([value, { value }])).to.equal(String(value).length < 100);
      if (String(value).length < 100) expect(values.read()).to.deep.equal([value, { value }]);
    });
  }

  const twice = {};
  class Point {
    x = 1;
  }
  const refused: Record<string, unknown> = {
    "a string of other letters": "Ω",
    "a string that is too long": "a".repeat(300),
    "an array that is too long": Array.from({ length: 300 }, () => 1),
    "an array with a hole": Object.assign([], { 1: 2 }),
    "an array with a property": Object.assign([1], { a: 1 }),
    "an instance of a class": new Point(),
    "what has a key that sets prototypes": JSON.parse('{"__proto__": 1}') as unknown,
    "what occurs twice": [twice, twice],
    "a bigint": 1n,
    "a function": () => {},
    "a symbol": Symbol("s"),
    "a Map": new Map(),
    "a Date": new Date(0),
    bytes: new Uint8Array(1),
  };
  for (const [what, value] of Object.entries(refused)) {
    it(`refuse ${what}`, () => {
      expect(place().write(value)).to.equal(false);
    });
  }

  it("refuse what refers to itself", () => {
    const self: unknown[] = [];
    self.push(self);
    expect(place().write(self)).to.equal(false);
  });
});
