/** The functions of node:timers/promises, over those with callbacks. */
import type { TimerKind, VirtualTimer } from "./timers.ts";

/** Starts a timer on virtual time. */
export type StartTimer = (kind: TimerKind, callback: () => void, delayMs: unknown) => VirtualTimer;

export interface TimerOptions {
  readonly signal?: AbortSignal;
  /** Whether it keeps a run going; true unless given. */
  readonly ref?: boolean;
}

/** Settles with `value` when the timer has run, or fails when the signal is aborted. */
export function timerPromise(
  start: StartTimer,
  kind: TimerKind,
  delayMs: unknown,
  value: unknown,
  { signal, ref = true }: TimerOptions = {},
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(abortError(signal));
      return;
    }
    const timer = start(
      kind,
      () => {
        signal?.removeEventListener("abort", abort);
        resolve(value);
      },
      delayMs,
    );
    if (!ref) timer.unref();
    const abort = (): void => {
      timer.close();
      reject(abortError(signal as AbortSignal));
    };
    signal?.addEventListener("abort", abort, { once: true });
  });
}

/** Gives `value` once for each interval that has passed; those that were missed, at once. */
export async function* intervalPromises<T>(
  start: StartTimer,
  delayMs: unknown,
  value: T,
  { signal, ref = true }: TimerOptions = {},
): AsyncGenerator<T> {
  failIfAborted(signal);
  let passed = 0;
  let wake = (): void => {};
  const timer = start(
    "setInterval",
    () => {
      passed++;
      wake();
    },
    delayMs,
  );
  if (!ref) timer.unref();
  const abort = (): void => {
    timer.close();
    wake();
  };
  signal?.addEventListener("abort", abort, { once: true });
  try {
    for (;;) {
      if (passed === 0) await new Promise<void>((resolve) => (wake = resolve));
      failIfAborted(signal);
      for (; passed > 0; passed--) yield value;
    }
  } finally {
    signal?.removeEventListener("abort", abort);
    timer.close();
  }
}

function failIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw abortError(signal);
}

/** As Node's own. */
function abortError(signal: AbortSignal): Error {
  const error = new Error("The operation was aborted", { cause: signal.reason });
  return Object.assign(error, { name: "AbortError", code: "ABORT_ERR" });
}
