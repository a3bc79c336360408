/**
 * What a worker starts with when skein itself runs from source: older versions of Node have tsx in
 * the main thread only.
 */
import { workerData } from "node:worker_threads";
import { register } from "tsx/esm/api";

register();
/** @type {{ main?: string } | null} */
const data = workerData;
await import(data?.main ?? "./worker-main.ts");
