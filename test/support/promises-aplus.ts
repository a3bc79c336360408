/**
 * The official suite of Promises/A+, defined as tests of ours. It waits for many short whiles, one
 * after the other: here its timers are in a queue, which goes on as soon as no microtask is left.
 */
import { expect } from "chai";
import { AssertionError } from "node:assert";
import { createRequire } from "node:module";

/** What the suite asks of an implementation. */
export interface Adapter {
  deferred(): {
    readonly promise: PromiseLike<unknown>;
    resolve(value: unknown): void;
    reject(reason: unknown): void;
  };
}

type Done = (error?: unknown) => void;
type SuiteTest = (done: Done) => unknown;

const suite = createRequire(import.meta.url)("promises-aplus-tests") as {
  mocha(adapter: Adapter): void;
};

/**
 * Defines the tests. Those in `departures` (by their titles, joined with " / ") must fail, with an
 * error that the expression beside them matches.
 */
export function definePromisesAplusTests(
  adapter: Adapter,
  departures: ReadonlyMap<string, RegExp>,
): void {
  const failedInside = collectFailedInside();
  const missing = new Set(departures.keys());
  let count = 0;
  const globals = globalThis as { specify: unknown };
  const { specify } = globals;
  globals.specify = (title: string, test: SuiteTest): void => {
    const defined = it(title, async () => {
      const { error } = await runOnVirtualTime(test);
      const expected = departures.get(nameOf(defined));
      if (expected !== undefined) expect(String(error)).to.match(expected);
      else if (error !== undefined) throw error as Error;
      expect(failedInside.splice(0)).to.deep.equal([]);
    });
    count++;
    missing.delete(nameOf(defined));
  };
  try {
    suite.mocha(adapter);
  } finally {
    globals.specify = specify;
  }
  it("has the tests that are listed as departures, among many", () => {
    expect([...missing]).to.deep.equal([]);
    expect(count).to.be.greaterThan(800);
  });
}

/**
 * Collects assertions that fail inside a promise's callback. The suite leaves rejections behind on
 * purpose, for which no test of it is to fail: whoever looks for such is sent away meanwhile.
 */
function collectFailedInside(): unknown[] {
  const failed: unknown[] = [];
  const collect = (reason: unknown): void => {
    if (reason instanceof AssertionError) failed.push(reason);
  };
  let others: NodeJS.UnhandledRejectionListener[];
  before(() => {
    others = process.listeners("unhandledRejection");
    process.removeAllListeners("unhandledRejection");
    process.on("unhandledRejection", collect);
  });
  after(() => {
    process.off("unhandledRejection", collect);
    for (const other of others) process.on("unhandledRejection", other);
  });
  return failed;
}

/** Its titles, without that of the suite around all. */
function nameOf(test: Mocha.Test): string {
  return test.titlePath().slice(1).join(" / ");
}

/** Runs a test with a `setTimeout` that takes no time. Gives what it throws, or hands to done(). */
async function runOnVirtualTime(test: SuiteTest): Promise<{ error?: unknown }> {
  const timers: { readonly dueMs: number; readonly action: () => void }[] = [];
  let nowMs = 0;
  let outcome: { error?: unknown } | undefined;
  const attempt = (action: () => void): void => {
    try {
      action();
    } catch (error) {
      // Even if it comes after done().
      if (outcome?.error === undefined) outcome = { error };
    }
  };
  const { setTimeout } = globalThis;
  const fake = (action: () => void, delayMs = 0): void => {
    timers.push({ dueMs: nowMs + delayMs, action });
  };
  globalThis.setTimeout = fake as unknown as typeof setTimeout;
  try {
    attempt(() => {
      test((error) => (outcome ??= { error }));
      // As for mocha: a test that takes no done() is over when it returns.
      if (test.length === 0) outcome ??= {};
    });
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      // A stable sort: those that are due together stay in order.
      timers.sort((one, other) => one.dueMs - other.dueMs);
      const next = timers.shift();
      if (next === undefined) return outcome ?? { error: new Error("done() was never called") };
      nowMs = next.dueMs;
      attempt(next.action);
    }
  } finally {
    globalThis.setTimeout = setTimeout;
  }
}
