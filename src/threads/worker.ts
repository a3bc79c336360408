import { BadOptionError } from "../core/errors.ts";
import type { RemoteFunction } from "../reactor/workers.ts";

declare const signature: unique symbol;

/** A handle on a function that a module exports, to be called in a worker. */
export interface WorkerFunction<A extends unknown[], R> extends RemoteFunction {
  /** Only for the type checker. */
  readonly [signature]?: (...args: A) => R;
}

/** The functions that a module exports, as handles. */
export type WorkerModule<M> = {
  readonly [K in keyof M as M[K] extends (...args: never[]) => unknown ? K : never]: M[K] extends (
    ...args: infer A
  ) => infer R
    ? WorkerFunction<A, R>
    : never;
};

/**
 * Names a module whose functions are to run in workers, and gives them their types. Nothing is
 * loaded until a function is called, and then only in the worker.
 *
 * ```ts
 * import { worker } from "skein/threads";
 *
 * // hash.ts: export function digest(text: string): string { … }
 * interface Hash {
 *   digest(text: string): string;
 * }
 * // In a program: worker<typeof import("./hash.ts")>(new URL("./hash.ts", import.meta.url))
 * const hash = worker<Hash>("file:///srv/hash.js");
 * console.log(hash.digest.name); // → digest
 * ```
 *
 * @param url absolute URL of the module: `new URL("./hash.ts", import.meta.url)`. Where a `.ts`
 *   file was compiled away, the `.js` beside it is loaded.
 * @throws BadOptionError for a URL that is not absolute.
 */
export function worker<M extends object>(url: URL | string): WorkerModule<M> {
  if (typeof url === "string" && !URL.canParse(url)) {
    throw new BadOptionError(
      `"${url}" is not an absolute URL; write new URL(${JSON.stringify(url)}, import.meta.url)`,
    );
  }
  const module = String(url);
  const made = new Map<string, RemoteFunction>();
  const handles = new Proxy(Object.freeze({}), {
    get(_target, name) {
      if (typeof name !== "string") return undefined;
      let handle = made.get(name);
      if (handle === undefined) made.set(name, (handle = { module, name }));
      return handle;
    },
  });
  return handles as WorkerModule<M>;
}
