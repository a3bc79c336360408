/** The till itself, in its thread. Its methods are not called side by side: nothing is locked. */

let inside = 0;

export function open(sum: number): void {
  inside = sum;
}

export function put(sum: number): number {
  if (inside + sum < 0) throw new RangeError(`there are only ${inside} in the till`);
  inside += sum;
  return inside;
}
