import { createRequire } from "node:module";
import { MissingPackageError } from "./errors.ts";

type Ws = typeof import("ws");

/**
 * Loads the package ws, by no static import: who lacks it is told what to do about it, and
 * `skein/websocket` can be imported all the same, for its types and errors.
 *
 * @returns what gives it, or throws MissingPackageError when it is not installed. What it throws
 *   itself as it is loaded is thrown then, too.
 */
export function loadWs(load: (name: string) => unknown): () => Ws {
  try {
    const ws = load("ws") as Ws;
    return () => ws;
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND";
    return () => {
      if (!missing) throw cause;
      throw new MissingPackageError("WebSockets need the package ws: npm install ws", { cause });
    };
  }
}

/** At once, not at the first use: by then time and chance may be virtual, and it draws some. */
export const wsPackage: () => Ws = loadWs(createRequire(import.meta.url));
