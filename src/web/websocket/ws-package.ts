import { createRequire } from "node:module";
import { MissingPackageError } from "./errors.ts";

type Ws = typeof import("ws");

const fromHere = createRequire(import.meta.url);

/**
 * The package ws, by no static import: who lacks it is told what to do about it, and
 * `skein/websocket` can be imported all the same, for its types and errors.
 *
 * @throws MissingPackageError when it is not installed, or what it throws itself.
 */
export function wsPackage(load: (name: string) => unknown = fromHere): Ws {
  try {
    return load("ws") as Ws;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw cause;
    throw new MissingPackageError("WebSockets need the package ws: npm install ws", { cause });
  }
}
