/** Arbitrary programs. */
import fc from "fast-check";
import type { Family, Operation, Parts } from "./operation.ts";
import { OPERATIONS } from "./operations/index.ts";
import type { Body, Canceller, Give, Handler, Program, Statement, Step } from "./program.ts";
import { LAST, plainSlot, settle } from "./settle.ts";

/** Handlers contain steps, which contain handlers: so deep. */
const DEPTH_MAX = 3;
const PLAIN_MAX = 4;
const STEPS_MIN = 3;
const STEPS_MAX = 24;
/** So many steps at the end bring about what the others wait for. */
const ENDING_MAX = 8;
/** How much more often the operations of the chosen family come. */
const FAMILY_FACTOR = 3;

// Settled later: which slots there are is not known before the whole program is.
const slot = fc.oneof(
  { weight: 3, arbitrary: fc.nat(7) },
  // What several steps do to one Deferred finds more than what each does to another.
  { weight: 1, arbitrary: fc.constant(LAST) },
);
// Only what has a result some time, or is cancelled, shows what those who wait for it do.
const awaitedSlot = fc.oneof(
  { weight: 2, arbitrary: fc.nat(PLAIN_MAX - 1).map(plainSlot) },
  { weight: 1, arbitrary: slot },
);
const n = fc.constant(0);

const kind = <K extends string>(name: K): fc.Arbitrary<{ kind: K }> => fc.constant({ kind: name });
const numbered = <K extends string>(name: K): fc.Arbitrary<{ kind: K; n: number }> =>
  fc.constant({ kind: name, n: 0 });
const deferred: fc.Arbitrary<Give> = awaitedSlot.map((to) => ({ kind: "deferred", slot: to }));

/** What callback() can be given; a Deferred is one too many. */
const value: fc.Arbitrary<Give> = fc.oneof(
  { weight: 8, arbitrary: numbered("value") },
  { weight: 2, arbitrary: kind("nothing") },
  { weight: 2, arbitrary: numbered("failure") },
  { weight: 1, arbitrary: deferred },
);
const item: fc.Arbitrary<Give> = fc.oneof(
  { weight: 4, arbitrary: numbered("value") },
  { weight: 1, arbitrary: numbered("failure") },
);
const error: fc.Arbitrary<Give> = fc.oneof(numbered("error"), numbered("failure"));

const returned: fc.Arbitrary<Give> = fc.oneof(
  { weight: 3, arbitrary: kind("same") },
  { weight: 3, arbitrary: numbered("value") },
  { weight: 2, arbitrary: kind("nothing") },
  { weight: 3, arbitrary: numbered("error") },
  { weight: 1, arbitrary: numbered("failure") },
  { weight: 5, arbitrary: deferred },
);

const canceller: fc.Arbitrary<Canceller> = fc.oneof(
  { weight: 5, arbitrary: kind("none") },
  { weight: 2, arbitrary: kind("idle") },
  { weight: 2, arbitrary: numbered("value") },
  { weight: 2, arbitrary: numbered("error") },
  { weight: 1, arbitrary: numbered("throws") },
);

/**
 * Steps at each depth, with the operations of one family beside the basic ones, or of all. A
 * program with a bit of everything seldom comes to what takes several steps of one kind.
 */
class Generator {
  readonly #families: readonly (Family | undefined)[];
  readonly #levels = new Map<number, fc.Arbitrary<Step>>();

  constructor(family?: Family) {
    this.#families = family === undefined ? [] : ["basic", family];
  }

  programs(): fc.Arbitrary<Program> {
    return fc
      .record({
        plain: fc.array(canceller, { minLength: 1, maxLength: PLAIN_MAX }),
        steps: fc.array(this.#stepsAt(1), {
          minLength: STEPS_MIN,
          maxLength: STEPS_MAX,
          size: "max",
        }),
        ending: fc.array(this.#ending(), { maxLength: ENDING_MAX, size: "max" }),
      })
      .map(({ plain, steps, ending }) => settle({ plain, steps: [...steps, ...ending] }));
  }

  /** A step by which the program goes on. */
  #ending(): fc.Arbitrary<Step> {
    const parts = { slot, value, item, error, handler: handlerOf([]), body: bodyOf([]) };
    const choice = ENDINGS.map((op) => ({ op, operation: OPERATIONS[op] as Operation }));
    return fc.oneof(
      ...choice
        .filter(({ operation }) => this.#has(operation))
        .map(({ op, operation }) => stepOf(op, operation, parts)),
    );
  }

  #has({ family }: Operation): boolean {
    return this.#families.length === 0 || this.#families.includes(family);
  }

  /** Made once for each depth, as there are many places that hold some. */
  #stepsAt(depth: number): fc.Arbitrary<Step> {
    const known = this.#levels.get(depth);
    if (known !== undefined) return known;
    const steps = depth < DEPTH_MAX ? [this.#stepsAt(depth + 1)] : [];
    const parts = { slot, value, item, error, handler: handlerOf(steps), body: bodyOf(steps) };
    const choice = fc.oneof(
      ...Object.entries(OPERATIONS)
        .filter(([, operation]) => this.#has(operation))
        .map(([op, operation]) => ({
          weight: operation.weight * (this.#families[1] === operation.family ? FAMILY_FACTOR : 1),
          arbitrary: stepOf(op, operation, parts),
        })),
    );
    this.#levels.set(depth, choice);
    return choice;
  }
}

function stepOf(op: string, operation: Operation, parts: Parts): fc.Arbitrary<Step> {
  const into = operation.makes ? { into: n } : {};
  return fc.record<Step>({ op: fc.constant(op), ...operation.fields(parts), ...into });
}

/** A handler with steps of the given kind; with none if there is no kind. */
function handlerOf([step]: readonly fc.Arbitrary<Step>[]): fc.Arbitrary<Handler> {
  const steps =
    step === undefined ? fc.constant([]) : fc.array(step, { maxLength: 2, size: "max" });
  return fc.record({ label: n, steps, gives: returned });
}

function bodyOf(steps: readonly fc.Arbitrary<Step>[]): fc.Arbitrary<Body> {
  const yields: fc.Arbitrary<Statement> = fc.record({
    kind: fc.constant("yield" as const),
    slot: awaitedSlot,
    caught: fc.oneof({ weight: 2, arbitrary: fc.constant(true) }, fc.constant(false)),
    star: fc.boolean(),
  });
  const statement = fc.oneof(
    { weight: 5, arbitrary: yields },
    { weight: 1, arbitrary: numbered("yield value") },
    ...steps.map((step) => ({
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant("do" as const), step }),
    })),
  );
  const gives: fc.Arbitrary<Give> = fc.oneof(numbered("value"), kind("nothing"), numbered("error"));
  return fc.record({
    label: n,
    statements: fc.array(statement, { minLength: 1, maxLength: 5, size: "max" }),
    gives,
  });
}

/** What comes at the end. A Deferred more often has a value. */
const ENDINGS = [
  "callback",
  "callback",
  "errback",
  "cancel",
  "unpause",
  "advance",
  "releaseLock",
  "releaseSemaphore",
  "put",
];

const families = new Set(Object.values(OPERATIONS).map(({ family }) => family));

// Without a bias to what is small: a small program does little.
export const programs: fc.Arbitrary<Program> = fc.noBias(
  fc.oneof(
    new Generator().programs(),
    ...[...families].map((family) => new Generator(family).programs()),
  ),
);
