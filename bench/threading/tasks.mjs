/** What workers of the benchmark do. */

/** How many times a second a lock is acquired and released that nobody else wants. */
export function lockRate(lock, times) {
  const started = performance.now();
  for (let i = 0; i < times; i++) {
    lock.acquireSync();
    lock.release();
  }
  return (times / (performance.now() - started)) * 1000;
}

/** How many times a second a lock is held that another worker wants as well. */
export function runRate(lock, times) {
  const started = performance.now();
  for (let i = 0; i < times; i++) lock.runSync(() => {});
  return (times / (performance.now() - started)) * 1000;
}

export function put(queue, count) {
  for (let i = 0; i < count; i++) queue.putSync({ number: i, text: "a job" });
}

export function take(queue, count) {
  for (let i = 0; i < count; i++) queue.getSync();
}
