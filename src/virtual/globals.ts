/** Putting virtual functions in the place of Node's, and Node's back again. */
import { backends } from "../reactor/index.ts";
import { patchClocks } from "./patch-clocks.ts";
import { patchDate } from "./patch-date.ts";
import { patchDNS } from "./patch-dns.ts";
import { patchFS } from "./patch-fs.ts";
import { patchHTTP } from "./patch-http.ts";
import { patchNet } from "./patch-net.ts";
import { patchRandom } from "./patch-random.ts";
import { patchServer } from "./patch-server.ts";
import { patchTimers } from "./patch-timers.ts";
import { patchWebAssembly } from "./patch-webassembly.ts";
import { Patches } from "./patches.ts";

const ALL = [
  patchTimers,
  patchDate,
  patchClocks,
  patchRandom,
  patchNet,
  patchServer,
  patchDNS,
  patchHTTP,
  patchFS,
  patchWebAssembly,
];

/**
 * Those whose time the globals can follow. They are loaded here already, as the clock takes Node's
 * own setImmediate when it is loaded.
 */
export const BACKENDS: readonly string[] = Object.values(backends)
  .filter(({ capabilities }) => (capabilities as readonly string[]).includes("clock"))
  .map(({ name }) => name);

let patches: Patches | undefined;
/** How many want them. */
let users = 0;

/**
 * Puts the virtual functions in place, so that libraries take them when they are loaded; they do
 * what Node's do while the process is not on virtual time. Returns the way back: when all who have
 * called this have used it, everything is as before.
 *
 * ```ts no-run
 * import { hookGlobals } from "skein/virtual/api";
 *
 * const { setTimeout } = globalThis;
 * const restore = hookGlobals();
 * console.log(globalThis.setTimeout === setTimeout); // → false
 * restore();
 * console.log(globalThis.setTimeout === setTimeout); // → true
 * ```
 */
export function hookGlobals(): () => void {
  users++;
  if (patches === undefined) {
    patches = new Patches();
    for (const patch of ALL) patch(patches);
    patches.publish();
  }
  let restored = false;
  return () => {
    if (restored) return;
    restored = true;
    if (--users > 0) return;
    patches?.restore();
    patches = undefined;
  };
}
