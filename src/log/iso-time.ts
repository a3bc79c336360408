/**
 * A time as ISO 8601 writes it, in UTC, with milliseconds: `2000-01-01T00:00:00.000Z`.
 *
 * @param seconds since 1970.
 */
export function isoTime(seconds: number): string {
  // A sum of seconds may be a little less than the millisecond it is meant to be.
  return new Date(Math.floor(seconds * 1000 + 1e-3)).toISOString();
}
