/**
 * The asynchronous context (that of AsyncLocalStorage) in which handlers and delayed calls run.
 *
 * Promises carry it along by themselves. Deferreds do when it is asked for, as taking it down costs
 * something with every handler: after {@link captureContext} a handler runs in the context in which
 * it was added, and a delayed call in that of its `callLater`.
 */
import { SkeinError } from "./errors.ts";

/** Takes down the present context; what it gives calls a function in it. */
export type TakeSnapshot = () => <A extends unknown[], R>(f: (...args: A) => R, ...args: A) => R;

/** There is no AsyncLocalStorage here. */
export class NoContextError extends SkeinError {
  override readonly name = "NoContextError";
  readonly code = "ERR_NO_CONTEXT";
}

let installed: { readonly takeSnapshot: TakeSnapshot }[] = [];
/** The one in use. */
let takeSnapshot: TakeSnapshot | undefined;

/**
 * From now on, until the returned function is called, each handler of a Deferred, delayed call and
 * trigger runs in the asynchronous context in which it was added, and a coroutine has a context of
 * its own, begun as a copy of its caller's. Call it once, where a program begins.
 *
 * ```ts
 * import { AsyncLocalStorage } from "node:async_hooks";
 * import { captureContext, Deferred } from "skein/defer";
 *
 * const release = captureContext();
 * const user = new AsyncLocalStorage<string>();
 * const request = new Deferred<string>();
 * user.run("Ada", () => {
 *   request.addCallback((path) => console.log(`${user.getStore()} asked for ${path}`));
 * });
 * request.callback("/home"); // → Ada asked for /home
 * release();
 * ```
 *
 * @param snapshot where the context comes from: `AsyncLocalStorage.snapshot` of Node, unless given.
 * @throws NoContextError where there is none, as in browsers.
 */
export function captureContext(snapshot: TakeSnapshot = nodeSnapshot()): () => void {
  // An entry of its own: the same may be installed twice.
  const entry = { takeSnapshot: snapshot };
  install([...installed, entry]);
  return () => install(installed.filter((other) => other !== entry));
}

/** `f` as it will run: in the present context, where that is asked for. */
export function inContext<F extends ((arg: never) => unknown) | undefined>(f: F): F {
  return takeSnapshot === undefined || f === undefined ? f : bound(f, takeSnapshot);
}

/** Calls `f` in a copy of the present context: what it enters by itself ends with the call. */
export function inCopiedContext(f: () => void): void {
  if (takeSnapshot === undefined) f();
  else takeSnapshot()(f);
}

function bound<F extends (arg: never) => unknown>(f: F, take: TakeSnapshot): F {
  const run = take();
  return ((arg: never) => run(f, arg)) as F;
}

function install(entries: typeof installed): void {
  installed = entries;
  takeSnapshot = entries.at(-1)?.takeSnapshot;
}

/** Of Node's module, what is used here. */
export interface AsyncHooks {
  AsyncLocalStorage: (new () => ContextStorage) & { snapshot: TakeSnapshot };
  createHook: (hooks: ResourceHooks) => { enable(): void };
}

/** Told of asynchronous resources, by their numbers. */
export interface ResourceHooks {
  init?(id: number, type: string): void;
  before?(id: number): void;
  destroy?(id: number): void;
  trackPromises: boolean;
}

/** Of an AsyncLocalStorage, what is used here. */
export interface ContextStorage {
  getStore(): unknown;
  run<R>(store: unknown, f: () => R): R;
}

/** Node's module of asynchronous contexts, by no import: there are platforms without it. */
export function asyncHooks(): AsyncHooks | undefined {
  const { process } = globalThis as {
    process?: { getBuiltinModule?(name: "node:async_hooks"): AsyncHooks };
  };
  return process?.getBuiltinModule?.("node:async_hooks");
}

function nodeSnapshot(): TakeSnapshot {
  const snapshot = asyncHooks()?.AsyncLocalStorage.snapshot;
  if (snapshot === undefined) {
    throw new NoContextError(
      "no AsyncLocalStorage here; give captureContext() a way to take a snapshot",
    );
  }
  return snapshot;
}
