/** What is computed in a thread. */

const PRICES: ReadonlyMap<string, number> = new Map([
  ["tea", 2],
  ["scone", 3],
]);

export function price(order: readonly string[]): number {
  return order.reduce((sum, what) => {
    const one = PRICES.get(what);
    if (one === undefined) throw new RangeError(`we have no ${what}`);
    return sum + one;
  }, 0);
}

/** Takes for ever. */
export function ponder(): Promise<never> {
  return new Promise(() => {});
}
