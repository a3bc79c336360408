/** A call, as the function sees it that runs in a worker. */
import { SkeinError } from "./errors.ts";

/** Nobody has called from elsewhere: this code runs in no worker, or is too late to ask. */
export class NotInWorkerError extends SkeinError {
  override readonly name = "NotInWorkerError";
  readonly code = "ERR_NOT_IN_WORKER";

  constructor() {
    super(
      "there is no current call: ask for it in a worker, where the function that was called " +
        "begins, before its first await",
    );
  }
}

/** What a kind of worker does for a call. */
export interface CallLink {
  /** The function wants to be told when it is cancelled. */
  heed(): void;
  /** Whether it was, even if no message has come through. */
  aborted(): boolean;
  /** Whether the call goes on. */
  runs(): boolean;
  /** Sends something to the caller. @throws DataCloneError */
  send(message: unknown, transfer?: readonly object[]): void;
  /**
   * Sends something, and blocks until the caller's side has answered; undefined where that would
   * have to wait for its own thread.
   *
   * @throws DataCloneError
   */
  ask(question: unknown): { readonly answer: unknown } | undefined;
  /** Has what the caller's side sends given to `hear`, in place of who heard it before. */
  listen(hear: (message: unknown) => void): void;
  /** The caller's reactor, where this is its own thread. */
  readonly reactor?: object;
  /** Names the thread that the function believes to be in, if that is simulated. */
  readonly thread?: number;
  /** The function waits for the caller's side until what this returns is called. */
  waits(): () => void;
}

/** The call that a function in a worker was called by. */
export class CurrentCall {
  readonly #link: CallLink;
  #controller: AbortController | undefined;
  readonly #endings: (() => void)[] = [];

  constructor(link: CallLink) {
    this.#link = link;
    place.links.set(this, link);
  }

  /**
   * Aborts when the call is cancelled, or has run out of time: then the function has a grace time
   * to end. Who does not ask for it has none.
   */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      this.#link.heed();
      if (this.#link.aborted()) this.#controller.abort();
    }
    return this.#controller.signal;
  }

  /** The same, for a function that does not let the loop of its worker turn: one that computes. */
  get cancelled(): boolean {
    this.#link.heed();
    return this.#link.aborted();
  }

  /** Gives a copy of `value` to the caller's `onProgress`. @throws DataCloneError */
  reportProgress(value: unknown): void {
    this.#link.send({ progress: value });
  }

  /** For the worker: it was cancelled. */
  abort(): void {
    this.#controller?.abort();
  }

  /** For the worker: it has ended. */
  end(): void {
    for (const ending of this.#endings.splice(0)) ending();
  }

  /** For skein itself: has `ending`, which must not throw, called when it has ended. */
  onEnd(ending: () => void): void {
    this.#endings.push(ending);
  }
}

/** Where the two copies of this module would find each other that a worker may load. */
const KEY = Symbol.for("skein.currentCall");

/** Makes the object of the call that begins, while one does. */
interface Place {
  make: (() => CurrentCall) | undefined;
  readonly links: WeakMap<CurrentCall, CallLink>;
}

export const place: Place = ((globalThis as { [KEY]?: Place })[KEY] ??= {
  make: undefined,
  links: new WeakMap(),
});

/** For skein itself: what the worker does for a call. */
export function linkOf(call: CurrentCall): CallLink {
  return place.links.get(call) as CallLink;
}

/** For skein itself: calls `f`, in which the current call is what `make` makes. */
export function inCall<T>(make: (() => CurrentCall) | undefined, f: () => T): T {
  place.make = make;
  try {
    return f();
  } finally {
    place.make = undefined;
  }
}

/**
 * The call that this function was called by, in a worker. Ask before the first `await`; what it
 * gives is of use as long as the call lasts.
 *
 * ```ts no-run
 * import { currentCall } from "skein/threads/worker";
 *
 * export function primes(most: number): number[] {
 *   const call = currentCall();
 *   const found: number[] = [];
 *   for (let n = 2; n < most && !call.cancelled; n++) {
 *     if (found.every((prime) => n % prime !== 0)) found.push(n);
 *     if (n % 1000 === 0) call.reportProgress(n / most);
 *   }
 *   return found;
 * }
 * ```
 *
 * @throws NotInWorkerError
 */
export function currentCall(): CurrentCall {
  if (place.make === undefined) throw new NotInWorkerError();
  return place.make();
}
