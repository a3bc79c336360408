/**
 * The promise that it is, or one for what behaves as a promise; undefined for anything else. As the
 * `then` of a stranger may be a getter, it is looked up once, and what was found is called.
 *
 * @throws what getting its `then` throws.
 */
export function asPromise(value: object): Promise<unknown> | undefined {
  if (!("then" in value)) return undefined;
  if (value instanceof Promise) return value;
  const { then } = value;
  if (typeof then !== "function") return undefined;
  const once: PromiseLike<unknown> = {
    // oxlint-disable-next-line unicorn/no-thenable -- it stands for one
    then: (onFulfilled, onRejected) => then.call(value, onFulfilled, onRejected) as never,
  };
  return Promise.resolve(once);
}
