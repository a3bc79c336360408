/** For tests of what the compiler makes of things: the checks are its own, nothing here runs. */

export type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** An error of the compiler unless the value's type is exactly `Expected`. */
export function typeOf<Actual>(_value: Actual): {
  is<Expected>(..._same: Equal<Actual, Expected> extends true ? [] : ["another type"]): void;
} {
  return { is() {} };
}

/** For code that is only compiled. */
export function compiled(_code: (...args: never[]) => unknown): void {}
