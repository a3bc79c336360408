import { editDistance } from "../core/edit-distance.ts";

/** The one of `known` that somebody may have meant by `given`; undefined if none is near. */
export function nearest(given: string, known: readonly string[]): string | undefined {
  const wanted = given.slice(0, 40).toLowerCase();
  const [best] = known
    .map((name) => ({ name, distance: editDistance(wanted, name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  if (best === undefined || best.distance > Math.max(1, best.name.length / 3)) return undefined;
  return best.name;
}
