/**
 * Runs generated programs here and on the real Twisted, and compares the traces. From the
 * environment: DIFFERENTIAL_PROGRAMS, how many; DIFFERENTIAL_SEED; DIFFERENTIAL_PATH, with the seed
 * of a failure, to go to it at once.
 */
import fc from "fast-check";
import { agrees, ENDLESS, traceOf, tracesOf } from "./compare.ts";
import { programs } from "./generate.ts";
import { type Answer, NoAnswerError, Oracle } from "./oracle.ts";
import type { Program } from "./program.ts";
import { report } from "./report.ts";
import { Tally } from "./tally.ts";

const BATCH = 250;
/** For one program, which takes less than a millisecond. */
const PROGRAM_TIMEOUT_MS = 3_000;
const { DIFFERENTIAL_PROGRAMS, DIFFERENTIAL_SEED, DIFFERENTIAL_PATH } = process.env;
const count = Number(DIFFERENTIAL_PROGRAMS ?? 20_000);
const firstSeed = Number(DIFFERENTIAL_SEED ?? Math.floor(Math.random() * 2 ** 30));

interface Batch {
  readonly seed: number;
  readonly programs: readonly Program[];
  /** Undefined if a program did not end. */
  readonly answers: Promise<Answer[] | undefined>;
}

describe("Deferreds and Twisted's", () => {
  let oracle: Oracle;
  before(() => void (oracle = new Oracle()));
  after(() => oracle[Symbol.asyncDispose]());

  /** The answers for some programs; undefined if one of them did not end. */
  async function answersFor(
    some: readonly Program[],
    timeoutMs?: number,
  ): Promise<Answer[] | undefined> {
    try {
      return await oracle.ask(some, timeoutMs === undefined ? {} : { timeoutMs });
    } catch (error) {
      if (error instanceof NoAnswerError) return undefined;
      throw error;
    }
  }

  function ask(seed: number): Batch {
    // What the property would be given: a disagreement is found again by its seed.
    const batch = fc.sample(programs, { seed, numRuns: BATCH });
    const answers = answersFor(batch);
    // If another batch fails first, nobody waits for these.
    answers.catch(() => {});
    return { seed, programs: batch, answers };
  }

  const property = fc.asyncProperty(programs, async (program) => {
    const [answer] = (await answersFor([program], PROGRAM_TIMEOUT_MS)) ?? [
      { trace: [ENDLESS], cut: null },
    ];
    const ours = traceOf(program);
    if (!agrees(ours, answer as Answer)) throw new Error(report(program, ours, answer as Answer));
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
    const seeds = Array.from({ length: Math.ceil(count / BATCH) }, (_, i) => firstSeed + i);
    let next: Batch | undefined = ask(firstSeed);
    for (const seed of seeds) {
      const batch: Batch = next ?? ask(seed);
      // Twisted works on the next batch while we work on this one.
      next = seed === seeds.at(-1) ? undefined : ask(seed + 1);
      const ours = tracesOf(batch.programs);
      const theirs = await batch.answers;
      if (theirs === undefined) next = undefined;
      else tally.add(theirs);
      if (theirs?.every((answer, i) => agrees(ours?.[i] ?? [], answer))) continue;
      await explain(seed);
      // Those that end nowhere agree.
      if (theirs === undefined && ours === undefined) continue;
      throw new Error(`they disagree in the batch of seed ${seed}, but not one by one`);
    }
    tally.print();
  });
});
