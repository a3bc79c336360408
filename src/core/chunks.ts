/** Items that cross to a worker and back by the hundred. */

/** Numbers are copied many times faster in a typed array, and are the same in it. */
export type Chunk = readonly unknown[] | Float64Array;

/** The items, packed if they all are numbers. */
export function packNumbers(items: readonly unknown[]): Chunk {
  const { length } = items;
  const packed = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    const item = items[i];
    if (typeof item !== "number") return items;
    packed[i] = item;
  }
  return packed;
}

/** All items of all chunks, in order. */
export function joinChunks(chunks: readonly unknown[]): unknown[] {
  const items: unknown[] = [];
  for (const chunk of chunks as readonly Chunk[]) {
    for (let i = 0; i < chunk.length; i++) items.push(chunk[i]);
  }
  return items;
}
