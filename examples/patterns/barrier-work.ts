/** What the thread of each part of the rod does. */
import type { SharedArray } from "skein/multiprocessing";
import type { Barrier } from "skein/threading";
import { callInReactor, type InReactor } from "skein/threads/worker";

export interface Paper {
  print(line: string): void;
}

export async function spread(
  part: number,
  rounds: number,
  rod: SharedArray,
  meeting: Barrier,
  paper: InReactor<Paper>,
): Promise<void> {
  const left = Math.max(part - 1, 0);
  const right = Math.min(part + 1, rod.length - 1);
  for (let round = 1; round <= rounds; round++) {
    const heat = (rod.get(left) + rod.get(part) + rod.get(right)) / 3;
    await meeting.wait(); // all have read
    rod.set(part, heat);
    const place = await meeting.wait(); // all have written
    // One of them tells. Nobody writes meanwhile: the next meeting waits for this one, too.
    if (place === 0) await callInReactor(paper.print, `round ${round}: ${text(rod)}`);
  }
}

function text(rod: SharedArray): string {
  return rod
    .toArray()
    .map((heat) => heat.toFixed(1))
    .join(" ");
}
