/**
 * Whether `await` would wait for it: a promise, a Deferred, any object or function with a method
 * `then`. Who then waits does so by `await`, or a promise of it: what is not quite a promise may
 * settle twice, or throw when it has settled.
 *
 * @throws what getting its `then` throws.
 */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    ((typeof value === "object" && value !== null) || typeof value === "function") &&
    typeof (value as { then?: unknown }).then === "function"
  );
}
