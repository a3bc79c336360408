import { Deferred } from "../defer/deferred.ts";
import { Failure } from "../defer/failure.ts";

/** The results of all, in their order; the first failure is that of all, and cancels the others. */
export function allResults(calls: readonly Deferred<unknown>[]): Deferred<unknown[]> {
  const cancelAll = (): void => {
    for (const call of calls) call.cancel();
  };
  const outcome = new Deferred<unknown[]>(cancelAll);
  const results: unknown[] = [];
  let left = calls.length;
  calls.forEach((call, index) => {
    call.addBoth((result) => {
      if (result instanceof Failure) {
        if (outcome.called) return;
        outcome.errback(result);
        cancelAll();
        return;
      }
      results[index] = result;
      if (--left === 0 && !outcome.called) outcome.callback(results);
    });
  });
  if (calls.length === 0) outcome.callback(results);
  return outcome;
}
