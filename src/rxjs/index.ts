/**
 * Between skein and RxJS: a scheduler on a reactor's time, Deferreds and Observables, connections
 * as Observables, with back-pressure. Nothing of RxJS is loaded: what is needed of it is given.
 */
export { EmptyObservableError } from "./errors.ts";
export { firstValue, lastValue, type ValueOptions } from "./deferred-values.ts";
export { fromDeferred } from "./from-deferred.ts";
export type {
  ObservableClass,
  ObservableLike,
  ObserverLike,
  SubscriberLike,
} from "./observable-like.ts";
export { ObservedBytes, ObservedLines } from "./observed.ts";
export {
  oneAtATime,
  type OneAtATimeOptions,
  type Pausable,
  type Projected,
} from "./one-at-a-time.ts";
export {
  type ActionOf,
  type ReactorScheduler,
  reactorScheduler,
  type SubscriptionLike,
} from "./reactor-scheduler.ts";
export { writeAll, type WriteAllOptions, type WriteTotals } from "./write-all.ts";
