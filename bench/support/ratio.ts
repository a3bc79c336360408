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
  // Not counted: the compilers warm up.
  await ours();
  await theirs();
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round++) {
    // Each goes first as often as the other.
    if (round % 2 === 0) {
      const a = await ours();
      ratios.push(a / (await theirs()));
    } else {
      const b = await theirs();
      ratios.push((await ours()) / b);
    }
  }
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
