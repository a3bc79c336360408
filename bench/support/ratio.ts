/** Comparing two contestants on a noisy machine: in turns, and by the ratio of each pair of turns. */

export interface Comparison {
  /** The median over the pairs; over 1 means that ours is more. */
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Lets ours and theirs measure in turns, and compares pair by pair. */
export async function compare(
  rounds: number,
  ours: () => Promise<number>,
  theirs: () => Promise<number>,
): Promise<Comparison> {
  const all = async (one: () => Promise<number>): Promise<number[]> => [await one()];
  const [comparison] = await compareAll(
    rounds,
    () => all(ours),
    () => all(theirs),
  );
  return comparison as Comparison;
}

/** {@link compare} where one turn gives several figures. */
export async function compareAll(
  rounds: number,
  ours: () => Promise<readonly number[]>,
  theirs: () => Promise<readonly number[]>,
): Promise<Comparison[]> {
  // Not counted: the compilers warm up.
  const figures = (await ours()).length;
  await theirs();
  const ratios = Array.from({ length: figures }, (): number[] => []);
  for (let round = 0; round < rounds; round++) {
    // Each goes first as often as the other.
    const first = await (round % 2 === 0 ? ours : theirs)();
    const second = await (round % 2 === 0 ? theirs : ours)();
    const [a, b] = round % 2 === 0 ? [first, second] : [second, first];
    ratios.forEach((of, i) => of.push((a[i] as number) / (b[i] as number)));
  }
  return ratios.map(comparisonOf);
}

function comparisonOf(ratios: number[]): Comparison {
  ratios.sort((a, b) => a - b);
  return {
    median: ratios[ratios.length >> 1] as number,
    min: ratios[0] as number,
    max: ratios.at(-1) as number,
  };
}

export function formatRatio({ median, min, max }: Comparison): string {
  return `${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`;
}

/** Short runs, to see that a benchmark works: its figures mean nothing. */
export const SMOKE: boolean = process.env["BENCH_SMOKE"] !== undefined;
