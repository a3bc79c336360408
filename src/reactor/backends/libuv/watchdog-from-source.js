/** What the watchdog starts with when skein itself runs from source; see worker-from-source.js. */
import { register } from "tsx/esm/api";

register();
await import("./worker-main-watchdog.ts");
