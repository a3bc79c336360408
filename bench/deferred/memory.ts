/** How many bytes of heap one of something takes. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

export function bytesOf(count: number, make: () => unknown): number {
  const kept = Array.from<unknown>({ length: count }).fill(undefined);
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < count; i++) kept[i] = make();
  collectGarbage();
  const bytes = (process.memoryUsage().heapUsed - before) / count;
  // Keeps them all until here.
  if (kept.length !== count) throw new Error("unreachable");
  return Math.round(bytes);
}
