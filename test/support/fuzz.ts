import fc, { type IPropertyWithHooks } from "fast-check";

const RUNS = Number(process.env["FUZZ_RUNS"] ?? 1000);
/** So long may a million take: a hang is told by the run as a whole. */
const TIMEOUT_MS = 10_000 + RUNS * 10;

/** A test of a property of any input, of which `npm run fuzz` tries many more. */
export function fuzz<T>(title: string, property: IPropertyWithHooks<T>): void {
  it(`${title} (fuzz)`, function () {
    this.timeout(TIMEOUT_MS);
    fc.assert(property, { numRuns: RUNS });
  });
}

/** The bytes in pieces of these sizes, over and over. Each piece has bytes of its own. */
export function* cut(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    yield bytes.slice(at, at + size);
    at += size;
  }
}

/** Sizes of pieces, for {@link cut}. */
export const sizes: fc.Arbitrary<number[]> = fc.array(fc.integer({ min: 1, max: 9 }), {
  minLength: 1,
  maxLength: 6,
});
