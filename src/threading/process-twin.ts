/**
 * How objects that threads share get to processes, which share no memory: a twin of the object, in
 * the reactor's thread, does what the process asks for, as if it were one more thread. So an object
 * serves threads and processes at once, and what a process holds that ends is dealt with.
 */
import { type CallerLine, endingBy } from "../core/call-line.ts";
import type { Crossed } from "../core/crossing-object.ts";
import { ownerEnded } from "../core/thread.ts";
import type { Deferred } from "../defer/deferred.ts";
import { TimeoutError } from "../defer/errors.ts";
import { serveOnLine } from "../threads/in-reactor.ts";
import { inSimulatedThread } from "./shared-memory.ts";
import { STAND_IN_MODULE } from "./stand-in.ts";
import type { Rebirth } from "./shared-object.ts";

/** What a process is told of an object. */
export interface StandInData {
  /** The module of its class, and what that is called. */
  readonly module: string;
  readonly kind: string;
  /** Public fields, which never change. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What the twin does for a process. */
export interface TwinCalls {
  read(name: string): unknown;
  write(name: string, value: unknown): void;
  /** Calls what does not wait. */
  call(name: string, args: unknown[]): unknown;
  /**
   * Calls what gives a Deferred.
   *
   * @param what names it in a TimeoutError; `id`: by which it is cancelled, if it can be.
   */
  wait(
    name: string,
    args: unknown[],
    limit: { readonly seconds?: number | undefined; readonly what?: string; readonly id?: number },
  ): Deferred<unknown>;
  cancel(id: number): void;
}

/** How an object crosses to a process. */
export function crossToProcess(
  object: object,
  rebirth: Pick<Rebirth, "module" | "data" | "twin">,
): Crossed {
  const kind = object.constructor;
  const twin = (): object =>
    rebirth.twin?.() ?? (Reflect.construct(kind, [rebirth.data()]) as object);
  const fields = Object.entries(object).filter(([, value]) => typeof value === "number");
  const data: StandInData = {
    module: rebirth.module,
    kind: kind.name,
    fields: Object.fromEntries(fields),
  };
  return {
    module: STAND_IN_MODULE,
    name: "reviveStandIn",
    data,
    connect(line) {
      const calls = callsOf(inSimulatedThread(line.thread, twin), line);
      return endingBy(() => ownerEnded(line.thread), serveOnLine(calls, line));
    },
  };
}

function callsOf(twin: object, { clock }: CallerLine): TwinCalls {
  const waiting = new Map<number, Deferred<unknown>>();
  const invoke = (name: string, args: unknown[]): unknown =>
    (Reflect.get(twin, name, twin) as (...args: unknown[]) => unknown).apply(twin, args);
  return {
    read: (name) => Reflect.get(twin, name, twin) as unknown,
    write: (name, value) => void Reflect.set(twin, name, value, twin),
    call: invoke,
    wait(name, args, { seconds, what = name, id }) {
      const waited = invoke(name, args) as Deferred<unknown>;
      if (id !== undefined) {
        waiting.set(id, waited);
        waited.addBoth((result) => {
          waiting.delete(id);
          return result;
        });
      }
      if (seconds === undefined || waited.called) return waited;
      return waited.addTimeout(seconds, clock).addErrback((failure) => {
        failure.trap(TimeoutError);
        throw new TimeoutError(`${what} has waited for ${seconds} seconds`);
      });
    },
    cancel: (id) => waiting.get(id)?.cancel(),
  };
}
