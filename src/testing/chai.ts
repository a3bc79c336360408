/** Assertions of chai's about Deferreds and reactors. */
import { Deferred } from "../defer/deferred.ts";
import { type ErrorClass, Failure } from "../defer/failure.ts";
import type { ReactorCore } from "../reactor/capabilities.ts";
import { count, wordThing } from "./kit/wording.ts";
import { handled, hasNone, lookAt, wordOrigin, wordResult } from "./results.ts";

/** Of a chai assertion, what is used here. */
interface AssertionLike {
  readonly _obj: unknown;
  assert(
    holds: boolean,
    message: string,
    negated: string,
    expected?: unknown,
    actual?: unknown,
  ): void;
}

/** Of chai's Assertion class, what is used here. */
interface AssertionClass {
  addMethod(name: string, method: (this: AssertionLike, ...args: never[]) => void): void;
  addProperty(name: string, getter: (this: AssertionLike) => void): void;
}

interface ChaiLike {
  readonly Assertion: unknown;
  readonly AssertionError: new (message: string) => Error;
}

interface UtilsLike {
  eql(a: unknown, b: unknown): boolean;
  inspect(value: unknown): string;
}

/**
 * A plugin for chai:
 *
 * - `expect(deferred).to.have.succeededWith(value)`: it has that value, or a deeply equal one;
 * - `expect(deferred).to.have.failedWith(Class, /message/)`: with such an error, or any;
 * - `expect(deferred).to.be.unfired`: it has no result, which may still come;
 * - `expect(reactor).to.be.clean`: nothing is open on it, and nothing waits there.
 *
 * ```ts
 * import { expect, use } from "chai";
 * import { Deferred, fail, succeed } from "skein/defer";
 * import { createReactor } from "skein/reactor";
 * import { skeinChai } from "skein/testing/chai";
 *
 * use(skeinChai);
 *
 * expect(succeed({ cups: 2 })).to.have.succeededWith({ cups: 2 });
 * expect(fail(new RangeError("the tea is cold"))).to.have.failedWith(RangeError, /cold/);
 * expect(new Deferred()).to.be.unfired;
 * const reactor = createReactor("clock");
 * reactor.callLater(180, function boil() {});
 * try {
 *   expect(reactor).to.be.clean;
 * } catch (error) {
 *   console.log((error as Error).message);
 * }
 * // → expected the reactor to be clean, but 1 thing is left on it:
 * // →   delayed call: boil(), at 180 s
 * ```
 *
 * They look at the result that is there: await what takes time first. A value stays in its place; a
 * failure that was looked at counts as handled, and undefined is in its place.
 */
export function skeinChai(chai: ChaiLike, utils: UtilsLike): void {
  const Assertion = chai.Assertion as AssertionClass;

  /** What was given to expect(), if it is a Deferred. */
  function deferredOf(assertion: AssertionLike): Deferred<unknown> {
    const given = assertion._obj;
    if (given instanceof Deferred) return given as Deferred<unknown>;
    throw new chai.AssertionError(`expected ${utils.inspect(given)} to be a Deferred`);
  }

  Assertion.addMethod("succeededWith", function (expected: unknown) {
    const deferred = deferredOf(this);
    const result = lookAt(deferred);
    handled(deferred, result);
    const there = !hasNone(result) && !(result instanceof Failure);
    const wanted = `to have succeeded with ${utils.inspect(expected)}`;
    this.assert(
      there && utils.eql(result, expected),
      `expected the Deferred ${wanted}, but ${wordResult(result)}${wordOrigin(deferred)}`,
      `expected the Deferred not ${wanted}`,
      // For a difference to be shown, there must be two values.
      ...(there ? [expected, result] : []),
    );
  });

  Assertion.addMethod("failedWith", function (errorClass?: ErrorClass<unknown>, message?: RegExp) {
    const deferred = deferredOf(this);
    const result = lookAt(deferred);
    handled(deferred, result);
    const error = result instanceof Failure ? (result as Failure).value : undefined;
    const text = error instanceof Error ? error.message : String(error);
    const holds =
      result instanceof Failure &&
      (errorClass === undefined || error instanceof errorClass) &&
      // Unlike test(), search() does not care where an expression with the flag g was left.
      (message === undefined || text.search(message) >= 0);
    const what = [errorClass?.name ?? "an error", message].filter(Boolean).join(", ");
    this.assert(
      holds,
      `expected the Deferred to have failed with ${what}, ` +
        `but ${wordResult(result)}${wordOrigin(deferred)}`,
      `expected the Deferred not to have failed with ${what}`,
    );
  });

  Assertion.addProperty("unfired", function () {
    const deferred = deferredOf(this);
    const result = lookAt(deferred);
    if (!hasNone(result)) handled(deferred, result);
    this.assert(
      hasNone(result),
      `expected the Deferred to have no result yet, ` +
        `but ${wordResult(result)}${wordOrigin(deferred)}`,
      "expected the Deferred to have a result",
    );
  });

  Assertion.addProperty("clean", function () {
    const reactor = this._obj as Partial<ReactorCore> | null | undefined;
    const left = reactor?.inspect?.();
    if (left === undefined) {
      throw new chai.AssertionError(`expected ${utils.inspect(reactor)} to be a reactor`);
    }
    const things = `${count(left.length, "thing")} ${left.length === 1 ? "is" : "are"} left on it`;
    this.assert(
      left.length === 0,
      `expected the reactor to be clean, but ${things}:\n${left.map(wordThing).join("\n")}`,
      "expected the reactor not to be clean, but nothing is open on it",
    );
  });
}

declare global {
  namespace Chai {
    interface Assertion {
      /** Of a Deferred: it has that value, or a deeply equal one. */
      succeededWith(value: unknown): Assertion;
      /** Of a Deferred: it has failed, with an error of that class, and that message. */
      failedWith(
        errorClass?: abstract new (...args: never[]) => unknown,
        message?: RegExp,
      ): Assertion;
      /** Of a Deferred: it has no result yet. */
      readonly unfired: Assertion;
      /** Of a reactor: nothing is open or waiting on it. */
      readonly clean: Assertion;
    }
  }
}
