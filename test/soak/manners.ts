/** How the members of a crowd behave: one in a hundred badly, in one of these ways. */
export const misbehaviours = ["resets", "babbles", "floods", "leaves", "is silent"] as const;

export type Manner = (typeof misbehaviours)[number] | "polite";

export function mannerOf(index: number): Manner {
  if (index % 100 !== 0) return "polite";
  return misbehaviours[(index / 100) % misbehaviours.length] as Manner;
}

/** So many times a polite one speaks. */
export const ROUNDS = 3;

/** What somebody says, and hears, in a round. */
export function saying(index: number, round: number): string {
  return `guest ${index}, for the ${round}. time`;
}

/** A line without end. */
export const BABBLE: string = "x".repeat(5000);
/** Many lines, whose answers are more than a server keeps for somebody who does not read. */
export const FLOOD: string = `${"y".repeat(900)}\n`.repeat(8000);
