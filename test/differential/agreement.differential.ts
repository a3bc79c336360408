/**
 * Runs generated programs here and on the real Twisted, and compares the traces. From the
 * environment: DIFFERENTIAL_PROGRAMS, how many; DIFFERENTIAL_SEED; DIFFERENTIAL_PATH, with the seed
 * of a failure, to go to it at once.
 */
import fc from "fast-check";
import { agrees, traceOf, tracesOf } from "./compare.ts";
import { programs } from "./generate.ts";
import { type Answer, Oracle } from "./oracle.ts";
import type { Program } from "./program.ts";
import { report } from "./report.ts";

const BATCH = 250;
const { DIFFERENTIAL_PROGRAMS, DIFFERENTIAL_SEED, DIFFERENTIAL_PATH } = process.env;
const count = Number(DIFFERENTIAL_PROGRAMS ?? 20_000);
const firstSeed = Number(DIFFERENTIAL_SEED ?? Math.floor(Math.random() * 2 ** 30));

describe("Deferreds and Twisted's", () => {
  let oracle: Oracle;
  before(() => void (oracle = new Oracle()));
  after(() => oracle[Symbol.asyncDispose]());

  const property = fc.asyncProperty(programs, async (program) => {
    const [answer] = (await oracle.ask([program])) as [Answer];
    const ours = traceOf(program);
    if (!agrees(ours, answer)) throw new Error(report(program, ours, answer));
  });

  /** Runs programs one by one, shrinks the first that disagrees, and throws its report. */
  async function explain(seed: number, path?: string): Promise<void> {
    const from = path === undefined ? {} : { path };
    const details = await fc.check(property, { seed, numRuns: BATCH, ...from });
    if (!details.failed) return;
    const { counterexamplePath, errorInstance, numShrinks } = details;
    const at = `DIFFERENTIAL_SEED=${seed} DIFFERENTIAL_PATH=${counterexamplePath}`;
    const { message } = errorInstance as Error;
    throw new Error(
      `they disagree (shrunk ${numShrinks} times; reproduce with ${at})\n\n${message}`,
    );
  }

  if (DIFFERENTIAL_PATH !== undefined) {
    it(`agree again (seed ${firstSeed}, path ${DIFFERENTIAL_PATH})`, async function () {
      this.timeout(0);
      await explain(firstSeed, DIFFERENTIAL_PATH);
    });
    return;
  }

  it(`agree on ${count} programs (seed ${firstSeed})`, async function () {
    this.timeout(0);
    const tally = new Tally();
    // Twisted works on the next batch while we work on this one.
    let asked = askFor(firstSeed);
    for (let done = 0, seed = firstSeed; done < count; done += BATCH, seed++) {
      const { batch, answers } = asked;
      asked = done + BATCH < count ? askFor(seed + 1) : asked;
      const ours = tracesOf(batch);
      const theirs = await answers;
      tally.add(theirs);
      if (ours !== undefined && theirs.every((answer, i) => agrees(ours[i] ?? [], answer))) {
        continue;
      }
      await explain(seed);
      throw new Error(`they disagree in the batch of seed ${seed}, but not one by one`);
    }
    tally.print();
  });

  function askFor(seed: number): { batch: Program[]; answers: Promise<Answer[]> } {
    // What the property would be given: a disagreement is found again by its seed.
    const batch = fc.sample(programs, { seed, numRuns: BATCH });
    const answers = oracle.ask(batch);
    // If another batch fails first, nobody waits for these.
    answers.catch(() => {});
    return { batch, answers };
  }
});

/** What was compared, and what was not: a departure that cuts many traces hides much. */
class Tally {
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
