/** Of node:assert/strict what the contract uses, where there is no Node. */
import { AssertionError, expect } from "chai";

type ErrorClass = abstract new (...args: never[]) => unknown;
/**
 * The error itself, its class, what its text is like, or a function that says whether it is right.
 */
type Expected = Error | ErrorClass | RegExp | ((error: unknown) => boolean);

function ok(value: unknown, message = "it does not hold"): asserts value {
  if (!value) throw new AssertionError(message);
}

function isRight(error: unknown, expected: Expected): boolean {
  if (expected instanceof RegExp) return expected.test(String(error));
  if (expected instanceof Error) return error === expected;
  if (expected.prototype instanceof Error) return error instanceof (expected as ErrorClass);
  return (expected as (error: unknown) => boolean)(error);
}

function check(error: unknown, expected: Expected): void {
  ok(isRight(error, expected), `it failed with ${String(error)}`);
}

export default {
  ok,
  equal: (actual: unknown, expected: unknown, message?: string) =>
    ok(Object.is(actual, expected), message ?? `${String(actual)} is not ${String(expected)}`),
  notEqual: (actual: unknown, expected: unknown) => ok(!Object.is(actual, expected)),
  deepEqual: (actual: unknown, expected: unknown, message?: string) =>
    void expect(actual, message).to.deep.equal(expected),
  match: (text: string, pattern: RegExp) => ok(pattern.test(text), `${text} is not ${pattern}`),
  throws(f: () => unknown, expected: Expected, message = ""): void {
    try {
      f();
    } catch (error) {
      check(error, expected);
      return;
    }
    throw new AssertionError(`it did not throw ${message}`);
  },
  async rejects(
    work: PromiseLike<unknown> | (() => PromiseLike<unknown>),
    expected: Expected,
  ): Promise<void> {
    try {
      await (typeof work === "function" ? work() : work);
    } catch (error) {
      check(error, expected);
      return;
    }
    throw new AssertionError("it did not reject");
  },
};
