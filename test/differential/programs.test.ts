/** The test's own parts, as far as they need no Python. */
import { expect } from "chai";
import * as esbuild from "esbuild";
import fc from "fast-check";
import { readFileSync } from "node:fs";
import * as defer from "skein/defer";
import { both, cancel, coroutine, deferred, error, fire, program, wait } from "./building.ts";
import * as clock from "./clock.ts";
import { agrees, traceOf } from "./compare.ts";
import { programs } from "./generate.ts";
import { EVENTS_MAX, interpret, Machine } from "./machine.ts";
import { OPERATIONS } from "./operations/index.ts";
import { printPython, printTypeScript } from "./printer.ts";
import type { Program } from "./program.ts";

const MANY = fc.sample(programs, { seed: 6, numRuns: 2_000 });

/** In how many of many programs something is done: an operation, or something else of interest. */
function timesDone(): Record<string, number> {
  const times = Object.fromEntries(
    [...Object.keys(OPERATIONS), ...OTHERS].map((what) => [what, 0]),
  );
  for (const sample of MANY) {
    const machine = new Machine(sample);
    machine.main();
    for (const what of machine.done) times[what] = (times[what] ?? 0) + 1;
  }
  return times;
}

const OTHERS = [
  ...["value", "nothing", "error", "failure", "same", "deferred"].map(
    (x) => `a handler gives ${x}`,
  ),
  ...["idle", "value", "error", "throws"].map((kind) => `a canceller: ${kind}`),
  "yield",
  "yield*",
  "a generator is thrown an error",
];

const samples = fc.sample(programs, { seed: 5, numRuns: 300 });

/** Runs what was printed, and returns the lines that it prints itself. */
function run(source: string): string[] {
  const lines: string[] = [];
  const { code } = esbuild.transformSync(source, { loader: "ts", format: "cjs" });
  const load = (name: string): unknown => (name === "skein/defer" ? defer : clock);
  const log = (...words: unknown[]): void => void lines.push(words.map(String).join(" "));
  // oxlint-disable-next-line typescript/no-implied-eval -- it is a program of ours
  const call = new Function("require", "console", code) as (r: typeof load, c: object) => void;
  const restore = defer.onUnhandledFailure(() => {});
  try {
    call(load, { log });
  } finally {
    setImmediate(restore);
  }
  return lines;
}

describe("the programs of the differential test", () => {
  it("have the trace that one expects", () => {
    const example: Program = program(
      2,
      both(0, 0, deferred(1)),
      both(0, 1, error),
      coroutine(2, [wait(1, true)]),
      fire(0),
      fire(0),
      cancel(2),
    );
    expect(interpret(example)).to.deep.equal([
      "h0 got 1",
      "callback threw AlreadyCalledError",
      "g0 caught CancelledError",
      "g0 ends",
      "h1 got nothing",
      "d0 called: true",
      "d1 called: true",
      "d2 called: true",
      "d0 unhandled: e1",
      "d0 left: Failure(e1)",
      "d1 left: nothing",
      "d2 left: 1",
    ]);
  });

  it("are interpreted alike every time, and after a journey as JSON", () => {
    for (const sample of samples) {
      const trace = traceOf(sample);
      expect(traceOf(sample)).to.deep.equal(trace);
      expect(traceOf(JSON.parse(JSON.stringify(sample)) as Program)).to.deep.equal(trace);
    }
  });

  it("are the same from a seed, whether sampled or checked", () => {
    const checked: Program[] = [];
    const property = fc.property(programs, (sample) => void checked.push(sample));
    fc.assert(property, { seed: 5, numRuns: 300 });
    expect(checked).to.deep.equal(samples);
  });

  it("make use of every operation, which the oracle knows too", () => {
    const oracle = readFileSync(new URL("oracle.py", import.meta.url), "utf8");
    for (const op of Object.keys(OPERATIONS)) expect(oracle).to.contain(`    "${op}": `);
  });

  // What is written down is not always done: a handler may never be called.
  it("do everything there is to do, each thing in one of a hundred at least", () => {
    const seldom = Object.entries(timesDone()).filter(
      ([what, times]) => !what.includes(" in a ") && times < MANY.length / 100,
    );
    expect(seldom).to.deep.equal([]);
  });

  it("do every operation in handlers and in generators too", () => {
    const times = timesDone();
    for (const op of Object.keys(OPERATIONS)) {
      expect(times).to.include.keys(`${op} in a handler`, `${op} in a generator`);
    }
  });

  it("are printed as TypeScript that reproduces the trace", () => {
    for (const sample of samples) {
      const printed = run(printTypeScript(sample));
      const trace = traceOf(sample).filter((event) => !event.includes("unhandled: "));
      expect(printed, printTypeScript(sample)).to.deep.equal(trace);
    }
  });

  it("are printed as Python", () => {
    const example = program(1, both(0, 0, error, cancel(0)), coroutine(1, [wait(0)]), fire(1));
    const printed = printPython(example);
    expect(printed.slice(printed.indexOf("d0 = "))).to.equal(`\
d0 = Deferred()
d1 = None
def h0(result, *_):
    global d1
    print("h0 got", show(result))
    attempt("cancel", lambda: d0.cancel())
    raise Boom(1)
d0.addBoth(h0)
def g0():
    global d1
    try:
        print("g0 got", show((yield d0)))
    except Exception as e:
        print("g0 caught", name(e))
        raise
    print("g0 ends")
    return 1
d1 = attempt("inlineCallbacks", lambda: inlineCallbacks(g0)())
if d1:
    attempt("callback", lambda: d1.callback(1))

all = [(d, globals()[d]) for d in "d0, d1".split(", ") if globals()[d]]
for d, deferred in all: print(d, "called:", str(bool(deferred.called)).lower())
for d, deferred in all: deferred.addBoth(lambda result, d: print(d, "left:", show(result)), d)
`);
  });

  it("are compared event for event, up to where a trace is cut", () => {
    const whole = { trace: ["a", "b"], cut: null };
    expect(agrees(["a", "b"], whole)).to.equal(true);
    expect(agrees(["a"], whole)).to.equal(false);
    expect(agrees(["a", "b", "c"], whole)).to.equal(false);
    expect(agrees(["b", "a"], whole)).to.equal(false);
    const cut = { trace: ["a"], cut: "a departure" };
    expect(agrees(["a", "b"], cut)).to.equal(true);
    expect(agrees(["b"], cut)).to.equal(false);
    expect(agrees([], cut)).to.equal(false);
  });

  it("end after so many events", () => {
    const steps = Array.from({ length: EVENTS_MAX }, () => fire(0));
    const trace = interpret(program(1, ...steps));
    expect(trace).to.have.length(EVENTS_MAX);
    expect(trace.at(-1)).to.equal("too many events");
  });
});
