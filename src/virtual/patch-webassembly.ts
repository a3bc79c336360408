/**
 * WebAssembly, which is compiled by threads that nobody is told of: virtual time waits for it. It
 * is no leak, as what comes of it is the same in every run. Node's own `fetch` begins with it.
 */
import { session } from "./active.ts";
import type { Patches } from "./patches.ts";

type Make = (this: unknown, ...args: unknown[]) => Promise<unknown>;

export function patchWebAssembly(patches: Patches): void {
  const { WebAssembly: owner } = globalThis as { WebAssembly?: object };
  // Switched off where code may not be made at run time.
  if (owner === undefined) return;
  for (const name of ["compile", "instantiate"]) {
    patches.method(
      owner,
      name,
      (real: Make) =>
        function (this: unknown, ...args: unknown[]): Promise<unknown> {
          const made = Reflect.apply(real, this, args);
          session()?.leaks.waitFor(made);
          return made;
        },
    );
  }
}
