import type { Deferred } from "./deferred.ts";
import type { Failure } from "./failure.ts";

/** What a chain holds after a handler returned an `R`: Deferreds and promises are waited for. */
export type Chained<R> =
  R extends Deferred<infer T>
    ? T
    : R extends PromiseLike<infer T>
      ? Chained<T>
      : Exclude<R, Failure>;
