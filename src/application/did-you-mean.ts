/** What somebody may have meant who wrote a name that there is not. */

/** `; did you mean X?`, or nothing where no name is near. */
export function didYouMean(written: string, names: Iterable<string>): string {
  let nearest: string | undefined;
  // In a short name few letters make another one of it.
  let least = Math.min(2, Math.floor(written.replaceAll("-", "").length / 2)) + 1;
  for (const name of names) {
    const distance = distanceOf(written.toLowerCase(), name.toLowerCase());
    if (distance >= least) continue;
    least = distance;
    nearest = name;
  }
  return nearest === undefined ? "" : `; did you mean ${nearest}?`;
}

/** How many letters are to be put in, left out, replaced, or swapped with the next one. */
function distanceOf(a: string, b: string): number {
  let [before, row]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let distance = Math.min(at(row, j) + 1, at(next, j - 1) + 1, at(row, j - 1) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        distance = Math.min(distance, at(before, j - 2) + 1);
      }
      next.push(distance);
    }
    [before, row] = [row, next];
  }
  return at(row, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] as number;
}
