/** What was compared, and what was not: a departure that cuts many traces hides much. */
import type { Answer } from "./oracle.ts";

export class Tally {
  #events = 0;
  readonly #cuts = new Map<string, number>();

  add(answers: readonly Answer[]): void {
    for (const { trace, cut } of answers) {
      this.#events += trace.length;
      if (cut !== null) this.#cuts.set(cut, (this.#cuts.get(cut) ?? 0) + 1);
    }
  }

  print(): void {
    console.log(`      ${this.#events} events`);
    for (const [cut, times] of this.#cuts) console.log(`      cut ${times} times: ${cut}`);
  }
}
