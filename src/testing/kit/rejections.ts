/** Rejections of promises that nobody handles, where the platform tells of them. */
interface Teller {
  on(event: "unhandledRejection", listener: (reason: unknown) => void): unknown;
  off(event: "unhandledRejection", listener: (reason: unknown) => void): unknown;
}

/** Tells `listener` of them until the returned function is called. */
export function captureRejections(listener: (reason: unknown) => void): () => void {
  const { process } = globalThis as { process?: Partial<Teller> };
  if (process?.on === undefined) return () => {};
  process.on("unhandledRejection", listener);
  return () => process.off?.("unhandledRejection", listener);
}
