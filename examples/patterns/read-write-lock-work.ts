/** Those who read, and those who write. */
import type { SharedArray } from "skein/multiprocessing";
import type { Barrier } from "skein/threading";
import { ReadWriteLock } from "./read-write-lock-class.ts";

type Parts = ReadWriteLock["parts"];

/** Moves a sum from the first account to the second, again and again. */
export async function move(
  sum: number,
  times: number,
  accounts: SharedArray,
  ...parts: Parts
): Promise<void> {
  const lock = new ReadWriteLock(...parts);
  for (let n = 0; n < times; n++) {
    await lock.write(async () => {
      accounts.add(0, -sum);
      await Promise.resolve(); // the money is on its way
      accounts.add(1, sum);
    });
  }
}

/** Looks so many times; tells how often the money was not all there. */
export async function look(
  times: number,
  accounts: SharedArray,
  meeting: Barrier,
  ...parts: Parts
): Promise<number> {
  const lock = new ReadWriteLock(...parts);
  // They meet while they read: with a lock for one at a time, nobody would come.
  await lock.read(() => meeting.wait());
  let wrong = 0;
  for (let n = 0; n < times; n++) {
    await lock.read(() => {
      if (accounts.get(0) + accounts.get(1) !== 100) wrong++;
    });
  }
  return wrong;
}
