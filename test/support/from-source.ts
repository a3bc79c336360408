/** Processes that run TypeScript, and skein from source: as quick to start as tests need it. */
import { fileURLToPath } from "node:url";

/** What Node is given before the program's name. */
export const FROM_SOURCE: readonly string[] = [
  "-C",
  "@skein/source",
  "--import",
  fileURLToPath(new URL("../../scripts/lib/typescript.mjs", import.meta.url)),
];
