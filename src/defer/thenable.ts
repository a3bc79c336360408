/** Whether it is a promise, or behaves as one. @throws what getting its `then` throws. */
export function isThenable(value: object): value is PromiseLike<unknown> {
  return "then" in value && typeof value.then === "function";
}
