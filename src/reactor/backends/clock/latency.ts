import type { SeededRandom } from "../../../core/random.ts";

/** How long things are under way, in seconds: always so long, or from the one to the other. */
export type Latency = number | readonly [least: number, most: number];

/** Gives the latency of one thing after another, for one way through the network. */
export function latencies(latency: Latency, random: SeededRandom): () => number {
  if (typeof latency === "number") return () => latency;
  const [least, most] = latency;
  const draws = random.split("latency");
  return () => least + (most - least) * draws.next();
}
