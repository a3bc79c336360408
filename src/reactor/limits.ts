/** What a transport's limits are, unless they are set. */
export const HIGH_WATER_BYTES: number = 64 * 1024;
export const LOW_WATER_BYTES: number = 16 * 1024;
export const MAX_BUFFERED_BYTES: number = 16 * 1024 * 1024;
export const CLOSE_TIMEOUT_SECONDS = 60;
