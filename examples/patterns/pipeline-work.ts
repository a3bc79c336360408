/** The stages. Each shuts down the queue behind it when it has put in all: the end travels on. */
import type { Value } from "skein/multiprocessing";
import type { Queue } from "skein/threading";

export async function read(total: number, lines: Queue<string>, underWay: Value): Promise<void> {
  for (let n = 0; n < total; n++) {
    await lines.put(`line ${n} of the book`);
    underWay.increment();
  }
  lines.shutdown();
}

export async function split(lines: Queue<string>, words: Queue<string[]>): Promise<void> {
  for await (const line of lines) await words.put(line.split(" "));
  words.shutdown();
}

/** Counts the words; tells how many lines were under way at the most, too. */
export async function count(
  words: Queue<string[]>,
  underWay: Value,
): Promise<{ counted: number; most: number }> {
  let counted = 0;
  let most = 0;
  for await (const some of words) {
    most = Math.max(most, underWay.value);
    counted += some.length;
    underWay.increment(-1);
  }
  return { counted, most };
}
