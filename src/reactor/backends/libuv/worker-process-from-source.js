/** What a worker process starts with when skein itself runs from source; see worker-from-source.js. */
import { register } from "tsx/esm/api";

register();
await import("./worker-main-process.ts");
