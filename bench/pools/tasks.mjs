/** What the workers do, ours and those of the peers. */
/** @param {number} n */
export function increment(n) {
  return n + 1;
}

export function spin() {
  const end = performance.now() + 1;
  while (performance.now() < end);
}

/** @param {Uint8Array} bytes */
export function length(bytes) {
  return bytes.byteLength;
}
