/** What somebody may have meant who wrote a name that there is not. */
import { editDistance } from "../core/edit-distance.ts";

/** `; did you mean X?`, or nothing where no name is near. */
export function didYouMean(written: string, names: Iterable<string>): string {
  let nearest: string | undefined;
  // In a short name few letters make another one of it.
  let least = Math.min(2, Math.floor(written.replaceAll("-", "").length / 2)) + 1;
  for (const name of names) {
    const distance = editDistance(written.toLowerCase(), name.toLowerCase());
    if (distance >= least) continue;
    least = distance;
    nearest = name;
  }
  return nearest === undefined ? "" : `; did you mean ${nearest}?`;
}
