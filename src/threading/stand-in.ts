/** An object of the reactor's thread, as a process has it that cannot share its memory. */
import type { WorkerLine } from "../core/call-line.ts";
import { CannotCrossError } from "../core/crossing.ts";
import { CrossesItself } from "../core/crossing-object.ts";
import { BadOptionError, QueueFullError } from "../core/errors.ts";
import { importModule } from "../core/import-module.ts";
import { KEEP_WAITING } from "../defer/canceller.ts";
import { Deferred } from "../defer/deferred.ts";
import { TimeoutError } from "../defer/errors.ts";
import { NotAcquiredError } from "../defer/acquirable.ts";
import {
  blockingCallFromThread,
  callFromThread,
  callInReactor,
  type InReactor,
  reviveInReactor,
} from "../threads/in-reactor-worker.ts";
import * as errors from "./errors.ts";
import { runHolding, runHoldingSync } from "./run-holding.ts";
import type { StandInData, TwinCalls } from "./process-twin.ts";
import { deadlineIn, secondsLeft } from "./sleep.ts";

/** How many arguments of its own a method has before the seconds of its `Sync` form. */
const ARGUMENTS: Readonly<Record<string, number>> = { put: 1, send: 1 };

/** What is made of other methods, by an object of whatever kind. */
const COMPOSED = new Set(["constructor", "run", "runSync", "waitFor", "waitForSync"]);

export const STAND_IN_MODULE: string = import.meta.url;

let ids = 0;

/**
 * Makes an object of its class whose properties all ask the reactor's thread: the forms that end in
 * `Sync`, and what does not wait, by blocking until that has answered.
 */
export async function reviveStandIn(
  { module, kind, fields }: StandInData,
  line: WorkerLine,
): Promise<object> {
  const exports = await importModule(module);
  const twin = reviveInReactor(["read", "write", "call", "wait", "cancel"], line);
  return new StandIn(twin as InReactor<TwinCalls>, exports, kind).as(fields);
}

class StandIn {
  readonly #twin: InReactor<TwinCalls>;
  readonly #kind: string;
  /** Of the module of its class, which may have errors of its own, too. */
  readonly #exports: Readonly<Record<string, unknown>>;

  constructor(
    twin: InReactor<TwinCalls>,
    exports: Readonly<Record<string, unknown>>,
    kind: string,
  ) {
    this.#twin = twin;
    this.#exports = exports;
    this.#kind = kind;
  }

  as(fields: Readonly<Record<string, unknown>>): object {
    const { prototype } = this.#exports[this.#kind] as { readonly prototype: object };
    const object = Object.create(prototype) as object;
    const properties = propertiesOf(prototype);
    for (const [name, descriptor] of properties) {
      if (COMPOSED.has(name)) continue;
      if (descriptor.get !== undefined) {
        Object.defineProperty(object, name, {
          get: () => this.#block(this.#twin.read, name),
          set: (value) => {
            this.#block(this.#twin.write, name, value);
          },
        });
      } else if (properties.has(`${name}Sync`)) {
        this.#defineWaiting(object, name);
      } else if (!name.endsWith("Sync")) {
        const call = (...args: unknown[]): unknown => this.#block(this.#twin.call, name, args);
        Object.defineProperty(object, name, { value: call });
      }
    }
    const fixed = { ...fields, run, runSync, waitForSync, lock: object, crosses: refuse };
    for (const [name, value] of Object.entries(fixed)) {
      Object.defineProperty(object, name, { value });
    }
    return object;
  }

  #defineWaiting(object: object, name: string): void {
    const own = this.#kind === "PriorityQueue" && name === "put" ? 2 : (ARGUMENTS[name] ?? 0);
    const what = `${name}Sync()`;
    Object.defineProperties(object, {
      [name]: { value: (...args: unknown[]) => this.#wait(name, args) },
      [`${name}Sync`]: {
        value: (...args: unknown[]): unknown => {
          const seconds = args[own] as number | undefined;
          if (seconds !== undefined && !(seconds >= 0)) {
            throw new BadOptionError(`${what} can wait for 0 or more seconds, not ${seconds}`);
          }
          return this.#block(this.#twin.wait, name, args.slice(0, own), { seconds, what });
        },
      },
    });
  }

  #wait(name: string, args: unknown[]): Deferred<unknown> {
    const id = ++ids;
    const waited = new Deferred<unknown>(() => {
      callFromThread(this.#twin.cancel, id);
      // It may be too late: then it has what it has waited for.
      return KEEP_WAITING;
    });
    callInReactor(this.#twin.wait, name, args, { id }).then(
      (value) => waited.callback(value),
      (error: unknown) => waited.errback(revived(error, this.#exports)),
    );
    return waited;
  }

  readonly #block: typeof blockingCallFromThread = (f, ...args) => {
    try {
      return blockingCallFromThread(f, ...args);
    } catch (error) {
      throw revived(error, this.#exports);
    }
  };
}

function propertiesOf(prototype: object): ReadonlyMap<string, PropertyDescriptor> {
  const found = new Map<string, PropertyDescriptor>();
  for (let at = prototype; !isBase(at); at = Object.getPrototypeOf(at) as object) {
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      if (!found.has(name)) found.set(name, descriptor);
    }
  }
  return found;
}

/** Of all objects that cross. */
function isBase(prototype: object): boolean {
  return prototype === CrossesItself.prototype || prototype === Object.prototype;
}

type Held = Parameters<typeof runHolding>[0];

function run(this: Held, f: (...args: unknown[]) => unknown, ...args: unknown[]): unknown {
  return runHolding(this, () => f(...args));
}

function runSync(this: Held, f: (...args: unknown[]) => unknown, ...args: unknown[]): unknown {
  return runHoldingSync(this, () => f(...args));
}

function waitForSync<T>(
  this: { waitSync(seconds?: number): void },
  predicate: () => T,
  seconds?: number,
): T {
  const until = deadlineIn(seconds);
  let found = predicate();
  while (!found) {
    this.waitSync(secondsLeft(until));
    found = predicate();
  }
  return found;
}

const CLASSES: Readonly<Record<string, unknown>> = {
  ...errors,
  NotAcquiredError,
  QueueFullError,
  TimeoutError,
};

/** An error of the reactor's thread has its class again, which it loses where it crosses. */
function revived(error: unknown, exports: Readonly<Record<string, unknown>>): unknown {
  if (!(error instanceof Error)) return error;
  const its = CLASSES[error.name] ?? exports[error.name];
  return typeof its === "function" ? Object.setPrototypeOf(error, its.prototype as object) : error;
}

function refuse(): never {
  throw new CannotCrossError(
    "what a process has got it cannot pass on: pass it to the other worker where it was made",
  );
}
