/**
 * Whether what came from a worker is a message, of one of these kinds: functions can get hold of
 * what their worker sends its messages by, and what they send there must not hurt the reactor.
 */
export function isMessage(value: unknown, kinds: ReadonlySet<unknown>): boolean {
  return Array.isArray(value) && kinds.has(value[0]);
}
