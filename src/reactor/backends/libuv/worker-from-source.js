/**
 * What a worker starts with when skein itself runs from source: older versions of Node have tsx in
 * the main thread only.
 */
import { register } from "tsx/esm/api";

register();
await import("./worker-main.ts");
