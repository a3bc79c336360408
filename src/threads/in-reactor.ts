import type { CallerEvents, CallerLine, Reply } from "../core/call-line.ts";
import { inContext } from "../core/context.ts";
import { cannotCross, packError } from "../core/crossing.ts";
import { CrossesItself } from "../core/crossing-object.ts";
import { InReactorEndedError } from "../core/in-reactor-ended-error.ts";
import type { Deferred } from "../defer/deferred.ts";
import { Failure } from "../defer/failure.ts";
import { fail } from "../defer/fired.ts";
import { maybeDeferred } from "../defer/maybe-deferred.ts";
import type { MethodCall, MethodOutcome, OutcomeTold } from "./in-reactor-call.ts";
import { type InReactor, REVIVER_MODULE } from "./in-reactor-worker.ts";

/**
 * An object of the reactor's thread, to be passed to a worker: there its functions are handles,
 * which `callFromThread`, `callInReactor` and `blockingCallFromThread` of `skein/threads/worker`
 * take.
 *
 * ```ts no-run
 * import { inReactor, type ThreadPool, worker } from "skein/threads";
 * import { blockingCallFromThread, callFromThread, type InReactor } from "skein/threads/worker";
 *
 * interface Main {
 *   tell(n: number): void;
 *   lookUp(key: string): Promise<string>;
 * }
 *
 * // In tasks.ts:
 * export function report(main: InReactor<Main>, n: number): string {
 *   callFromThread(main.tell, n);
 *   return blockingCallFromThread(main.lookUp, "x");
 * }
 *
 * // In the reactor's thread:
 * const tasks = worker<{ report: typeof report }>(new URL("./tasks.ts", import.meta.url));
 * export async function start(pool: ThreadPool, main: Main): Promise<string> {
 *   return pool.call(tasks.report, inReactor(main), 5);
 * }
 * ```
 *
 * The functions are called in turns of the reactor of their own, in the order in which the worker
 * called them, in the context of whoever made the pool's call. The handles serve as long as that
 * call lasts: when it ends, is cancelled, or the reactor stops, what they have under way is
 * cancelled, and using them fails with InReactorEndedError. Nothing has to be released.
 *
 * Callable are the functions that are there now, those of its class too. Only an argument of its
 * own can be such an object.
 */
export function inReactor<T extends object>(object: T): InReactor<T> {
  return new ObjectInReactor(object) as unknown as InReactor<T>;
}

class ObjectInReactor extends CrossesItself {
  constructor(object: object) {
    const methods = methodsOf(object);
    super(() => ({
      module: REVIVER_MODULE,
      name: "reviveInReactor",
      data: [...methods.keys()],
      connect: (line) => new Served(methods, line),
    }));
  }
}

/** Serves the functions of an object on a line, where {@link reviveInReactor} is the other end. */
export function serveOnLine(object: object, line: CallerLine): CallerEvents {
  return new Served(methodsOf(object), line);
}

export type Method = (...args: readonly unknown[]) => unknown;

/** The functions of an object and of its class, bound to it. */
export function methodsOf(object: object): ReadonlyMap<string, Method> {
  const methods = new Map<string, Method>();
  for (let at: object | null = object; at !== null; at = Object.getPrototypeOf(at) as object) {
    if (at === Object.prototype) break;
    for (const name of Object.getOwnPropertyNames(at)) {
      if (name === "constructor" || methods.has(name)) continue;
      const value: unknown = Object.getOwnPropertyDescriptor(at, name)?.value;
      if (typeof value === "function") methods.set(name, value.bind(object) as Method);
    }
  }
  return methods;
}

/** The functions of an object, for one call of a pool. */
class Served implements CallerEvents {
  readonly #methods: ReadonlyMap<string, Method>;
  readonly #line: CallerLine;
  /** Enters the context of whoever made the pool's call. */
  readonly #enter = inContext((action: () => void) => action());
  /** What has not begun. */
  readonly #waiting: (() => void)[] = [];
  /** What has begun, and not ended, with those who have it answered. */
  readonly #pending = new Map<Deferred<unknown>, (outcome: MethodOutcome) => void>();
  /** Questions that have not begun. */
  readonly #questions = new Set<(outcome: MethodOutcome) => void>();
  #ended = false;

  constructor(methods: ReadonlyMap<string, Method>, line: CallerLine) {
    this.#methods = methods;
    this.#line = line;
  }

  told(message: unknown): void {
    const call = message as MethodCall;
    const { id } = call;
    if (id !== undefined) {
      const answer = (outcome: MethodOutcome): void => {
        const told: OutcomeTold = { id, outcome };
        this.#line.send(told);
      };
      if (this.#ended) answer(endedOutcome(call.method));
      else this.#answerSoon(call, answer);
    } else if (!this.#ended) {
      try {
        this.#soon(() => void this.#methods.get(call.method)?.(...call.args));
      } catch (error) {
        // The reactor has too many calls: nobody waits for this one, so that it is reported.
        fail(error);
      }
    }
  }

  asked(question: unknown, reply: Reply, atOnce: boolean): void {
    const call = question as MethodCall;
    if (this.#ended) reply(endedOutcome(call.method));
    else if (!atOnce) this.#answerSoon(call, reply);
    else {
      // In order; but what they throw is the reactor's, and not the asker's.
      while (this.#waiting.length > 0) {
        try {
          this.#next();
        } catch (error) {
          this.#line.callFromThread(() => {
            throw error;
          });
        }
      }
      const called = this.#call(call, reply);
      if (called.called) return;
      this.#pending.delete(called);
      called.cancel();
    }
  }

  ended(): void {
    this.#ended = true;
    for (const [called, answer] of this.#pending) {
      this.#pending.delete(called);
      answer(endedOutcome("it"));
      called.cancel();
    }
    for (const answer of this.#questions) answer(endedOutcome("it"));
    this.#questions.clear();
    this.#waiting.length = 0;
  }

  #answerSoon(call: MethodCall, answer: (outcome: MethodOutcome) => void): void {
    try {
      this.#soon(() => {
        this.#questions.delete(answer);
        this.#call(call, answer);
      });
      this.#questions.add(answer);
    } catch (error) {
      answer({ error: packError(error) });
    }
  }

  /** Each in a turn of its own. */
  #soon(action: () => void): void {
    this.#line.callFromThread(() => this.#next());
    this.#waiting.push(() => this.#enter(action));
  }

  #next(): void {
    this.#waiting.shift()?.();
  }

  #call({ method, args }: MethodCall, answer: (outcome: MethodOutcome) => void): Deferred<unknown> {
    const f = this.#methods.get(method) ?? nothing;
    const called = maybeDeferred(() => f(...args));
    this.#pending.set(called, answer);
    called.addBoth((result) => {
      if (!this.#pending.delete(called)) return;
      if (result instanceof Failure) answer({ error: packError(result.value) });
      else give(method, result, answer);
    });
    return called;
  }
}

/** What is called by a question that is answered when all before it has been called. */
function nothing(): void {}

function give(method: string, value: unknown, answer: (outcome: MethodOutcome) => void): void {
  try {
    answer({ value });
  } catch (error) {
    answer({ error: packError(cannotCross(`the result of ${method}()`, value, error)) });
  }
}

function endedOutcome(what: string): MethodOutcome {
  return { error: packError(endedError(what)) };
}

function endedError(what: string): InReactorEndedError {
  return new InReactorEndedError(
    `${what} is not called in the reactor's thread any more: the pool's call has ended, ` +
      "was cancelled, or the reactor has stopped",
  );
}
