import { nameAndMessageOf } from "../core/errors.ts";
import { describeRoute } from "./route.ts";

/** A class whose instances a {@link Failure} can be checked against. */
export type ErrorClass<E> = abstract new (...args: never[]) => E;

/**
 * An error on its way through a {@link Deferred}: the errback side's counterpart of a value.
 *
 * It wraps whatever was thrown, unchanged, in `value`. A callback that throws, or returns a
 * Failure, sends the chain to its next errback.
 *
 * ```ts
 * import { Failure } from "skein/defer";
 *
 * const failure = new Failure(new RangeError("7 is too many"));
 * console.log(failure.message); // → RangeError: 7 is too many
 * console.log(failure.check(TypeError, RangeError) === RangeError); // → true
 * ```
 */
export class Failure<E = unknown> {
  /** What was thrown, exactly as it was thrown. */
  readonly value: E;

  constructor(value: E) {
    this.value = value;
  }

  /** Wraps what was thrown; a thrown Failure (from {@link trap}, say) stays the same Failure. */
  static from(thrown: unknown): Failure {
    return thrown instanceof Failure ? thrown : new Failure(thrown);
  }

  /** The error's name and message in one line. */
  get message(): string {
    return nameAndMessageOf(this.value);
  }

  /**
   * The error's stack where it has one, else its message; and below it, as `at async NAME`, the
   * coroutines that it came through.
   */
  get stack(): string {
    const { value } = this;
    return ((value instanceof Error && value.stack) || this.message) + describeRoute(value);
  }

  /** The first of `classes` that the error is an instance of, or undefined. */
  check<C extends ErrorClass<unknown>[]>(...classes: C): C[number] | undefined {
    return classes.find((candidate) => this.value instanceof candidate);
  }

  /**
   * Like {@link check}, but throws this Failure when the error is of none of `classes`: an errback
   * that begins with `failure.trap(TimeoutError)` handles timeouts and passes on everything else.
   */
  trap<C extends ErrorClass<unknown>[]>(...classes: C): C[number] {
    const match = this.check(...classes);
    if (match === undefined) throw this;
    return match;
  }

  /** Throws the wrapped error. */
  raise(): never {
    throw this.value;
  }

  toString(): string {
    return `[Failure: ${this.message}]`;
  }
}
