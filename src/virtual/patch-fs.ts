/**
 * Streams of files. They are opened later, when nobody knows any more who has made them: so they
 * are leaks where they are made.
 */
import fs from "node:fs";
import { session } from "./active.ts";
import type { Patches } from "./patches.ts";

type Make = (this: unknown, ...args: unknown[]) => unknown;

export function patchFS(patches: Patches): void {
  for (const name of ["createReadStream", "createWriteStream"]) {
    patches.method(
      fs,
      name,
      (real: Make) =>
        function make(this: unknown, ...args: unknown[]): unknown {
          session()?.leaks.made("fs", name, make);
          return Reflect.apply(real, this, args);
        },
    );
  }
}
