/** An object of the reactor's thread, as workers have it. */
import type { WorkerLine } from "../core/call-line.ts";
import { CannotCrossError } from "../core/crossing.ts";
import { CrossesItself } from "../core/crossing-object.ts";
import { WouldBlockError } from "../core/would-block-error.ts";
import type { Deferred } from "../defer/deferred.ts";
import { Failure } from "../defer/failure.ts";
import { fromPromise } from "../defer/from-promise.ts";
import { maybeDeferred } from "../defer/maybe-deferred.ts";
import { type Method, methodsOf, serveOnLine } from "../threads/in-reactor.ts";
import {
  blockingCallFromThread,
  callInReactor,
  type ReactorFunction,
  reviveInReactor,
} from "../threads/in-reactor-worker.ts";

type Methods<T> = {
  [K in keyof T]: T[K] extends (...args: never[]) => unknown ? K & string : never;
}[keyof T];

/**
 * Each method twice: by its name it gives a Deferred; by its name with `Sync` behind it it blocks,
 * and is for workers.
 */
export type Managed<T> = {
  readonly [K in Methods<T>]: T[K] extends (...args: infer A) => infer R
    ? (...args: A) => Deferred<Awaited<R>>
    : never;
} & {
  readonly [K in Methods<T> as `${K}Sync`]: T[K] extends (...args: infer A) => infer R
    ? (...args: A) => Awaited<R>
    : never;
};

/** The object, in the thread that has it. @param check throws when it is not to be had any more. */
export function managed<T extends object>(object: T, check: () => void): Managed<T> {
  const methods = methodsOf(object);
  const checked = Object.fromEntries(
    [...methods].map(([name, method]) => [
      name,
      (...args: readonly unknown[]): unknown => {
        check();
        return method(...args);
      },
    ]),
  );
  return new ManagedObject(checked) as unknown as Managed<T>;
}

class ManagedObject extends CrossesItself {
  constructor(methods: Readonly<Record<string, Method>>) {
    super(() => ({
      module: import.meta.url,
      name: "reviveManaged",
      data: Object.keys(methods),
      connect: (line) => serveOnLine(methods, line),
    }));
    for (const [name, method] of Object.entries(methods)) {
      define(
        this,
        name,
        (...args) => maybeDeferred(() => method(...args)),
        (...args) => resultNow(name, method, args),
      );
    }
  }
}

/** Made in a worker. */
export function reviveManaged(names: readonly string[], line: WorkerLine): object {
  const handles = reviveInReactor(names, line) as Record<
    string,
    ReactorFunction<unknown[], unknown>
  >;
  const object = { crosses: refuse };
  for (const name of names) {
    const handle = handles[name] as ReactorFunction<unknown[], unknown>;
    define(
      object,
      name,
      (...args) => fromPromise(callInReactor(handle, ...args)),
      (...args) => blockingCallFromThread(handle, ...args),
    );
  }
  return object;
}

function define(object: object, name: string, deferred: Method, blocking: Method): void {
  Object.defineProperties(object, {
    [name]: { value: deferred },
    [`${name}Sync`]: { value: blocking },
  });
}

/** In the thread that has the object nobody may wait. */
function resultNow(name: string, method: Method, args: readonly unknown[]): unknown {
  let result: { readonly value: unknown } | undefined;
  const called = maybeDeferred(() => method(...args)).addBoth((value) => void (result = { value }));
  if (result === undefined) {
    called.cancel();
    throw new WouldBlockError(
      `${name}Sync() would have to wait, and the reactor's thread must not: use ${name}()`,
    );
  }
  const { value } = result;
  if (value instanceof Failure) value.raise();
  return value;
}

function refuse(): never {
  throw new CannotCrossError(
    "what a worker has got of a manager it cannot pass on: pass it where it was made",
  );
}
