/**
 * A program: operations on Deferreds as plain data, which two interpreters understand.
 *
 * Its Deferreds are in slots. The first slots hold the plain ones, which exist from the beginning;
 * then there is one for each operation that makes a Deferred, empty until that was done. What is
 * done to an empty slot is left out, by both interpreters.
 */

/** What is handed on: by whoever fires, by a handler, by a canceller, by a generator at its end. */
export type Give =
  | { readonly kind: "nothing" }
  | { readonly kind: "value"; readonly n: number }
  /** Thrown, or given to errback(). */
  | { readonly kind: "error"; readonly n: number }
  /** As a value. */
  | { readonly kind: "failure"; readonly n: number }
  /** What was received, as it is. */
  | { readonly kind: "same" }
  | { readonly kind: "deferred"; readonly slot: number };

/** A callback or an errback. */
export interface Handler {
  readonly label: number;
  readonly steps: readonly Step[];
  readonly gives: Give;
}

/** Waits for what is in a slot: by `yield`, or by `yield*`, which in Python is the same. */
export interface Wait {
  readonly kind: "yield";
  readonly slot: number;
  readonly caught: boolean;
  readonly star: boolean;
}

export type Statement =
  | { readonly kind: "do"; readonly step: Step }
  | Wait
  | { readonly kind: "yield value"; readonly n: number };

/** The generator under inlineCallbacks. */
export interface Body {
  readonly label: number;
  readonly statements: readonly Statement[];
  readonly gives: Give;
}

/** One operation. Which of the fields there are is said by its entry in the table of operations. */
export interface Step {
  readonly op: string;
  /** The slot that it is done to. */
  readonly on?: number;
  /** A second slot. */
  readonly to?: number;
  /** More slots. */
  readonly all?: readonly number[];
  /** The slot for the Deferred that it makes. */
  readonly into?: number;
  readonly gives?: Give;
  readonly callback?: Handler;
  readonly errback?: Handler;
  readonly body?: Body;
  readonly amount?: number;
  readonly flags?: readonly boolean[];
}

export type Canceller =
  | { readonly kind: "none" }
  | { readonly kind: "idle" }
  /** Fires with a value. */
  | { readonly kind: "value"; readonly n: number }
  /** Fires with an error. */
  | { readonly kind: "error"; readonly n: number }
  | { readonly kind: "throws"; readonly n: number }
  /** Cancels the Deferred again. */
  | { readonly kind: "cancels" };

export interface Program {
  /** The cancellers of the plain Deferreds, one each. */
  readonly plain: readonly Canceller[];
  readonly steps: readonly Step[];
}
