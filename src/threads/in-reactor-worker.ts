/** Functions of the reactor's thread, as a worker calls them: the worker's side of `inReactor`. */
import type { WorkerLine } from "../core/call-line.ts";
import { argumentsCannotCross, unpackError } from "../core/crossing.ts";
import { BadOptionError, QueueFullError } from "../core/errors.ts";
import { InReactorEndedError } from "../core/in-reactor-ended-error.ts";
import { WouldBlockError } from "../core/would-block-error.ts";
import type { MethodCall, MethodOutcome, OutcomeTold } from "./in-reactor-call.ts";

declare const signature: unique symbol;

/** A handle on a function of the reactor's thread. */
export interface ReactorFunction<A extends unknown[], R> {
  readonly name: string;
  /** Only for the type checker. */
  readonly [signature]?: (...args: A) => R;
}

/** An object of the reactor's thread: its functions, as handles. */
export type InReactor<T> = {
  readonly [K in keyof T as T[K] extends (...args: never[]) => unknown ? K : never]: T[K] extends (
    ...args: infer A
  ) => infer R
    ? ReactorFunction<A, R>
    : never;
};

/** So many calls may be under way; of those without an answer, the next one waits for them. */
const UNDER_WAY_MAX = 1000;

export const REVIVER_MODULE: string = import.meta.url;

/** What makes the handles in a worker. */
export function reviveInReactor(methods: readonly string[], line: WorkerLine): object {
  const caller = new Caller(line);
  const handles = Object.create(null) as Record<string, Handle>;
  for (const name of methods) handles[name] = { name, caller };
  return Object.freeze(handles);
}

interface Handle {
  readonly name: string;
  readonly caller: Caller;
}

/** Calls the functions of one object. */
class Caller {
  readonly #line: WorkerLine;
  /** Structured cloning refuses it: handles stay in their worker. */
  readonly open: () => boolean;
  readonly #answers = new Map<number, Answer>();
  #ids = 0;
  /** How many have been sent since the reactor was known to have made them all. */
  #sent = 0;

  constructor(line: WorkerLine) {
    this.#line = line;
    this.open = () => line.open();
    line.listen((message) => this.#answered(message as OutcomeTold));
    line.onEnd(() => this.#ended());
  }

  tell(method: string, args: readonly unknown[]): void {
    this.#check(method);
    this.#send(method, args, () => this.#line.send({ method, args } satisfies MethodCall));
    if (++this.#sent < UNDER_WAY_MAX) return;
    this.#sent = 0;
    // Answered behind them.
    const made = this.#line.ask(SYNC);
    if (made !== undefined) valueOf(made.answer as MethodOutcome);
  }

  block(method: string, args: readonly unknown[]): unknown {
    this.#check(method);
    const question: MethodCall = { method, args };
    const answered = this.#send(method, args, () => this.#line.ask(question));
    if (answered !== undefined) return valueOf(answered.answer as MethodOutcome);
    throw new WouldBlockError(
      `${method}() has no answer yet, and a simulated worker is the reactor's own thread, ` +
        "which must not wait: use callInReactor()",
    );
  }

  call(method: string, args: readonly unknown[]): Promise<unknown> {
    const answered = new Promise((resolve, reject) => {
      this.#check(method);
      if (this.#answers.size >= UNDER_WAY_MAX) {
        throw new QueueFullError(`${UNDER_WAY_MAX} calls are under way to the reactor already`);
      }
      const id = ++this.#ids;
      this.#send(method, args, () => this.#line.send({ method, args, id } satisfies MethodCall));
      const drop = (): void => {
        // Nobody may be left to hear of it, which is nobody's fault.
        answered.catch(() => {});
        reject(endedError(method));
      };
      this.#answers.set(id, { resolve, reject, drop, waited: this.#line.waits() });
    });
    return answered;
  }

  #check(method: string): void {
    if (!this.open()) throw endedError(method);
  }

  #send<T>(method: string, args: readonly unknown[], send: () => T): T {
    try {
      return send();
    } catch (error) {
      throw argumentsCannotCross(method, args, error);
    }
  }

  #answered({ id, outcome }: OutcomeTold): void {
    const answer = this.#answers.get(id);
    if (answer === undefined) return;
    this.#answers.delete(id);
    answer.waited();
    try {
      answer.resolve(valueOf(outcome));
    } catch (error) {
      answer.reject(error as Error);
    }
  }

  /** No answer will come any more. */
  #ended(): void {
    for (const { drop, waited } of this.#answers.values()) {
      waited();
      drop();
    }
    this.#answers.clear();
  }
}

function endedError(method: string): InReactorEndedError {
  return new InReactorEndedError(
    `${method}() has no answer from the reactor: the call has ended to which it was given`,
  );
}

interface Answer {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  /** Rejects it, as the call has ended. */
  readonly drop: () => void;
  /** The worker does not wait for it any more. */
  readonly waited: () => void;
}

/** Calls nothing: it is answered when all is made that was sent before. */
const SYNC: MethodCall = { method: "", args: [] };

function valueOf(outcome: MethodOutcome): unknown {
  if ("error" in outcome) throw unpackError(outcome.error);
  return outcome.value;
}

function handleOf(f: unknown): Handle {
  const handle = f as Partial<Handle> | undefined;
  if (handle?.caller !== undefined && handle.name !== undefined) return handle as Handle;
  throw new BadOptionError(
    "only what a worker got by inReactor() can be called in the reactor's thread, " +
      "and of that the functions",
  );
}

/**
 * Has the reactor call a function of its thread, in a turn of its own; what that returns or throws
 * stays there. After each thousand of them it waits until those have been called.
 *
 * @throws CannotCrossError when an argument cannot be copied, InReactorEndedError when the call has
 *   ended that the object was passed to.
 */
export function callFromThread<A extends unknown[]>(
  f: ReactorFunction<A, unknown>,
  ...args: A
): void {
  const { caller, name } = handleOf(f);
  caller.tell(name, args);
}

/**
 * Has a function of the reactor's thread called, and blocks this worker until it has returned, and
 * the Deferred or promise, if that is what it returns, is settled. Returns a copy of the value, or
 * throws a copy of the error.
 *
 * @throws as {@link callFromThread}; and WouldBlockError in a simulated worker, if the answer is
 *   not there at once.
 */
export function blockingCallFromThread<A extends unknown[], R>(
  f: ReactorFunction<A, R>,
  ...args: A
): Awaited<R> {
  const { caller, name } = handleOf(f);
  return caller.block(name, args) as Awaited<R>;
}

/**
 * As {@link blockingCallFromThread}, but blocks nobody. Fails with QueueFullError when a thousand
 * are under way, and with InReactorEndedError when the call ends, or is cancelled, before the
 * answer.
 */
export function callInReactor<A extends unknown[], R>(
  f: ReactorFunction<A, R>,
  ...args: A
): Promise<Awaited<R>> {
  const { caller, name } = handleOf(f);
  return caller.call(name, args) as Promise<Awaited<R>>;
}
