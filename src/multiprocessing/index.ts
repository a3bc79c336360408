/** Python's multiprocessing: processes and threads by one interface. */
export { PoolOpenError, ProcessStartedError } from "./errors.ts";
export { type ChunkOptions, Pool, type PoolOptions } from "./pool.ts";
export { Process, type ProcessOptions } from "./process.ts";
