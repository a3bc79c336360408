import { Deferred, onUnhandledFailure } from "skein/defer";
import { collectUnhandled } from "../support/outcomes.ts";
import { definePromisesAplusTests } from "../support/promises-aplus.ts";

const FULFILLED = "2.1.2.1: When fulfilled, a promise: must not transition to any other state.";
const REJECTED = "2.1.3.1: When rejected, a promise: must not transition to any other state.";
const ON_FULFILLED =
  "2.2.2: If `onFulfilled` is a function, / 2.2.2.3: it must not be called more than once.";
const ON_REJECTED =
  "2.2.3: If `onRejected` is a function, / 2.2.3.3: it must not be called more than once.";

/** A promise ignores that it is settled again. A Deferred that is fired twice says so: a bug. */
const FIRED_TWICE = [
  `${FULFILLED} / trying to fulfill then immediately reject`,
  `${FULFILLED} / trying to fulfill then reject, delayed`,
  `${FULFILLED} / trying to fulfill immediately then reject delayed`,
  `${REJECTED} / trying to reject then immediately fulfill`,
  `${REJECTED} / trying to reject then fulfill, delayed`,
  `${REJECTED} / trying to reject immediately then fulfill delayed`,
  `${ON_FULFILLED} / trying to fulfill a pending promise more than once, immediately`,
  `${ON_FULFILLED} / trying to fulfill a pending promise more than once, delayed`,
  `${ON_FULFILLED} / trying to fulfill a pending promise more than once, immediately then delayed`,
  `${ON_REJECTED} / trying to reject a pending promise more than once, immediately`,
  `${ON_REJECTED} / trying to reject a pending promise more than once, delayed`,
  `${ON_REJECTED} / trying to reject a pending promise more than once, immediately then delayed`,
];

describe("Promises/A+", () => {
  // The suite leaves failures unhandled on purpose, some already when its tests are defined.
  collectUnhandled();
  setImmediate(onUnhandledFailure(() => {}));

  definePromisesAplusTests(
    {
      deferred() {
        // What a callback returns is adopted as a promise's resolve() does it; callback() takes no
        // Deferred.
        const resolved = new Deferred<() => unknown>();
        return {
          promise: resolved.addCallback((value) => value()),
          resolve: (value) => resolved.callback(() => value),
          reject: (reason) => resolved.errback(reason),
        };
      },
    },
    new Map(FIRED_TWICE.map((name) => [name, /^AlreadyCalledError: /])),
  );
});
