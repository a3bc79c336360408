/** Rejections of promises that nobody handles, where the platform tells of them. */
type Listener = (reason: unknown, promise: object) => void;

interface Teller {
  on(event: "unhandledRejection", listener: Listener): unknown;
  off(event: "unhandledRejection", listener: Listener): unknown;
}

/** Tells `listener` of them, each once, until the returned function is called. */
export function captureRejections(listener: (reason: unknown) => void): () => void {
  const { process } = globalThis as { process?: Partial<Teller> };
  if (process?.on === undefined) return () => {};
  const told = new WeakSet();
  const tell: Listener = (reason, promise) => {
    // Who passes on what he is told of, as mocha does, tells of it twice.
    if (told.has(promise)) return;
    told.add(promise);
    listener(reason);
  };
  process.on("unhandledRejection", tell);
  return () => process.off?.("unhandledRejection", tell);
}
