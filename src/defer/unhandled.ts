/**
 * Failures that nobody handled, reported deterministically.
 *
 * A Deferred whose callbacks end in a Failure is a suspect. At the end of the turn in which it was
 * left so, a suspect that still holds its Failure is reported once. "The end of the turn" is the
 * running reactor's to say (it installs itself by {@link atTurnEnd}); without a reactor it is some
 * microtasks later, late enough for an `await` of the Deferred to begin.
 */
import type { Failure } from "./failure.ts";
import { describeHistory, type History, historyOf } from "./history.ts";

/** A Deferred, as this file sees it. */
export interface Suspect {
  /** The Failure that is still unhandled, or undefined; afterwards it counts as reported. */
  takeUnhandled(): Failure | undefined;
}

/** @param history where the Deferred was made and fired, if debugging was on (setDebugging). */
export type UnhandledHandler = (failure: Failure, history: History | undefined) => void;

interface Installed {
  readonly unhandled: UnhandledHandler;
  readonly handledLater: (failure: Failure) => void;
}

/** How many microtasks `await deferred` takes to subscribe, with one to spare. */
const MICROTASKS_TO_SUBSCRIBE = 3;

interface Report {
  readonly number: number;
  /** Who was told, and will be told when it is handled. */
  readonly to: Installed;
}

let suspects: Suspect[] = [];
let handlers: Installed[] = [];
/** The failures that were reported and not handled since. */
const reported = new WeakMap<Failure, Report>();
let reports = 0;
/** Whether there was a report at all: until then nobody has to look whether he handles one. */
export let anyReported = false;
let turnEnds: (() => void)[] = [];

/** Called by a Deferred that has run out of callbacks with a Failure as its result. */
export function suspect(deferred: Suspect): void {
  const requestTurnEnd = turnEnds.at(-1);
  if (requestTurnEnd === undefined) {
    reportSoon([deferred]);
  } else {
    suspects.push(deferred);
    requestTurnEnd();
  }
}

/** Reports every suspect that is still unhandled. Called by the reactor when a turn has ended. */
export function reportUnhandled(): void {
  if (suspects.length === 0) return;
  const found = suspects;
  suspects = [];
  report(found);
}

/**
 * Called when an errback or a coroutine has taken a failure, and {@link anyReported}. Each report
 * is taken back once.
 */
export function noteHandled(failure: Failure): void {
  const earlier = reported.get(failure);
  if (earlier === undefined) return;
  tell(() => earlier.to.handledLater(failure));
  reported.delete(failure);
}

/**
 * Sends reports of unhandled failures to `handler` in place of standard error, until the returned
 * function is called. The handler installed last wins. What it throws is an uncaught exception. A
 * failure that is handled after all, too late, is told to `handledLater`.
 *
 * ```ts
 * import { fail, onUnhandledFailure } from "skein/defer";
 *
 * const restore = onUnhandledFailure((failure) => console.log(failure.message));
 * fail(new Error("nobody looks"));
 * await new Promise((resolve) => setTimeout(resolve));
 * restore();
 * // → Error: nobody looks
 * ```
 */
export function onUnhandledFailure(
  handler: UnhandledHandler,
  handledLater: (failure: Failure) => void = () => {},
): () => void {
  // An entry of its own: the same function may be installed twice.
  const entry = { unhandled: handler, handledLater };
  handlers.push(entry);
  return () => {
    handlers = handlers.filter((installed) => installed !== entry);
  };
}

/**
 * For reactors: `request` is called when there is a suspect, and must see to it that
 * {@link reportUnhandled} is called once the current turn is over. Returns the way to undo it.
 */
export function atTurnEnd(request: () => void): () => void {
  turnEnds.push(request);
  return () => {
    turnEnds = turnEnds.filter((installed) => installed !== request);
    // The reactor that was asked is gone: do not wait for its turn.
    reportSoon(suspects);
    suspects = [];
  };
}

function reportSoon(found: readonly Suspect[]): void {
  if (found.length > 0) afterMicrotasks(MICROTASKS_TO_SUBSCRIBE, () => report(found));
}

function report(found: readonly Suspect[]): void {
  for (const deferred of found) {
    const failure = deferred.takeUnhandled();
    // A failure that was handed on is still the same one.
    if (failure === undefined || reported.has(failure)) continue;
    anyReported = true;
    const to = handlers.at(-1) ?? printing;
    reported.set(failure, { number: ++reports, to });
    tell(() => to.unhandled(failure, historyOf(deferred)));
  }
}

function tell(call: () => void): void {
  try {
    call();
  } catch (error) {
    // Uncaught, like an error in a timer's callback; it must not stop a reactor's turn.
    queueMicrotask(() => {
      throw error;
    });
  }
}

function afterMicrotasks(count: number, action: () => void): void {
  if (count === 0) action();
  else queueMicrotask(() => afterMicrotasks(count - 1, action));
}

const printing: Installed = {
  unhandled(failure, history) {
    const number = reported.get(failure)?.number;
    console.error(
      `Unhandled failure in a Deferred (#${number}): ${failure.stack}${describeHistory(history)}`,
    );
  },
  handledLater(failure) {
    console.error(`Unhandled failure #${reported.get(failure)?.number} was handled later`);
  },
};
