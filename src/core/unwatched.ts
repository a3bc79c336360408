/**
 * What the clock does in reality by itself is no leak from virtual time. Those who look for leaks
 * ask {@link isUnwatched}, from inside the call.
 */
let depth = 0;

/** Calls `action`, which may start something real. */
export function unwatched<T>(action: () => T): T {
  depth++;
  try {
    return action();
  } finally {
    depth--;
  }
}

export function isUnwatched(): boolean {
  return depth > 0;
}
