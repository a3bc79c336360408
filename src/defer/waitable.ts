import { Deferred, fromPromise } from "./deferred.ts";
import { fail } from "./fired.ts";
import { asPromise } from "./thenable.ts";

/**
 * What is to be waited for: the Deferred that it is, or one for a promise; undefined for anything
 * else. It has failed if looking for a `then` did.
 */
export function waitable(value: unknown): Deferred<unknown> | undefined {
  if (value instanceof Deferred) return value as Deferred<unknown>;
  if (typeof value !== "object" || value === null) return undefined;
  try {
    const promise = asPromise(value);
    return promise && fromPromise(promise);
  } catch (error) {
    return fail(error);
  }
}
