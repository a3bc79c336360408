/**
 * node:crypto's random bytes, the same in each run of a simulation. To be imported before the
 * libraries that take its functions when they are loaded.
 */
import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";

const real = { randomBytes: crypto.randomBytes, randomFillSync: crypto.randomFillSync };
const realRandom = Math.random;

/** Of the generator; undefined outside simulations. */
let state: number | undefined;

/** From now on chance begins anew. */
export function seed(): void {
  state = 1;
}

/** From now on it is chance again. */
export function unseed(): void {
  state = undefined;
}

Object.assign(crypto, {
  randomBytes(size: number, done?: (error: Error | null, bytes: Buffer) => void): unknown {
    if (state === undefined) return done ? real.randomBytes(size, done) : real.randomBytes(size);
    const bytes = Buffer.from(Array.from({ length: size }, nextByte));
    if (done === undefined) return bytes;
    process.nextTick(done, null, bytes);
    return undefined;
  },
  randomFillSync(view: Uint8Array, offset = 0, size = view.byteLength - offset): Uint8Array {
    if (state === undefined) return real.randomFillSync(view, offset, size);
    for (let i = offset; i < offset + size; i++) view[i] = nextByte();
    return view;
  },
});
syncBuiltinESMExports();

Math.random = () => (state === undefined ? realRandom() : nextByte() / 256);

/** By the generator of Park and Miller. */
function nextByte(): number {
  state = ((state ?? 1) * 48271) % 2147483647;
  return state & 0xff;
}
