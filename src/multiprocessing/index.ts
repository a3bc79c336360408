/** Python's multiprocessing: processes and threads by one interface. */
export { ProcessStartedError } from "./errors.ts";
export { Process, type ProcessOptions } from "./process.ts";
