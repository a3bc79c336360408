/** Math.random, and the random functions of node:crypto and WebCrypto. */
import crypto from "node:crypto";
import { unwatched } from "../core/unwatched.ts";
import { session } from "./active.ts";
import type { Patches } from "./patches.ts";
import type { Session } from "./session.ts";

type Method = (this: unknown, ...args: never[]) => unknown;
type Done = (error: Error | null, result: unknown) => void;
type Sized = ArrayBuffer | NodeJS.ArrayBufferView;

const UUID_VERSION = 6;
const UUID_VARIANT = 8;

export function patchRandom(patches: Patches): void {
  patches.method(Math, "random", (real: () => number) => () => session()?.chance.next() ?? real());

  for (const name of ["randomBytes", "pseudoRandomBytes", "rng", "prng"]) {
    patches.method(
      crypto,
      name,
      (real: Method) => (size: number, done?: Done) =>
        virtually(real, [size], done, (active, bytes) => {
          active.chance.fill(bytes as Buffer);
          return bytes;
        }),
    );
  }
  patches.method(
    crypto,
    "randomFillSync",
    (real: Method) =>
      (view: Sized, ...range: number[]) =>
        virtually(real, [view, ...range], undefined, (active) => fillPart(active, view, range)),
  );
  patches.method(crypto, "randomFill", (real: Method) => (view: Sized, ...rest: unknown[]) => {
    const done = rest.pop() as Done;
    if (session() === undefined || typeof done !== "function") {
      return Reflect.apply(real, crypto, [view, ...rest, done] as never);
    }
    const range = rest as number[];
    return virtually(crypto.randomFillSync, [view, ...range], done, () => view);
  });
  patches.method(crypto, "randomInt", (real: Method) => (...args: unknown[]) => {
    const done = typeof args.at(-1) === "function" ? (args.pop() as Done) : undefined;
    const [min, max] = (args.length < 2 || args[1] === undefined ? [0, args[0]] : args) as [
      number,
      number,
    ];
    return virtually(real, args, done, (active) => active.chance.between(min, max));
  });
  patches.method(crypto, "randomUUID", uuid);
  patches.method(
    crypto,
    "randomUUIDv7",
    (real: Method) =>
      (...args: unknown[]) =>
        virtually(real, args, undefined, (active) => makeUUID(active, 7)),
  );

  // crypto.webcrypto is the same, and crypto.getRandomValues() is this one's.
  const prototype = Object.getPrototypeOf(globalThis.crypto) as object;
  patches.method(prototype, "randomUUID", uuid);
  patches.method(
    prototype,
    "getRandomValues",
    (real: Method) =>
      function (this: unknown, view: NodeJS.ArrayBufferView) {
        return virtually(real.bind(this), [view], undefined, (active) =>
          fillPart(active, view, []),
        );
      },
  );
}

function uuid(real: Method): Method {
  return function (this: unknown, ...args: never[]) {
    return virtually(real.bind(this), args, undefined, (active) => makeUUID(active, 4));
  };
}

/**
 * Calls Node's function for what it has to say against its arguments, then gives what `make` does
 * in the place of its result; with `done`, in a later macrotask.
 */
function virtually(
  real: (...args: never[]) => unknown,
  args: unknown[],
  done: Done | undefined,
  make: (active: Session, result: unknown) => unknown,
): unknown {
  const active = session();
  if (active === undefined || (done !== undefined && typeof done !== "function")) {
    return Reflect.apply(real, crypto, (done === undefined ? args : [...args, done]) as never);
  }
  const result = make(
    active,
    unwatched((): unknown => Reflect.apply(real, crypto, args as never)),
  );
  if (done === undefined) return result;
  active.timers.start("setImmediate", () => done(null, result), 0, []);
  return undefined;
}

/** Fills a part of a view, which is told in its elements. */
function fillPart(active: Session, view: Sized, [offset = 0, size]: number[]): Sized {
  const { BYTES_PER_ELEMENT: width = 1 } = view as { BYTES_PER_ELEMENT?: number };
  const bytes = ArrayBuffer.isView(view)
    ? new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
    : new Uint8Array(view);
  const end = size === undefined ? bytes.length : (offset + size) * width;
  active.chance.fill(bytes.subarray(offset * width, end));
  return view;
}

function makeUUID(active: Session, version: 4 | 7): string {
  const bytes = Buffer.alloc(16);
  active.chance.fill(bytes);
  if (version === 7) bytes.writeUIntBE(active.nowMs(), 0, 6);
  bytes[UUID_VERSION] = ((bytes[UUID_VERSION] as number) & 0x0f) | (version << 4);
  bytes[UUID_VARIANT] = ((bytes[UUID_VARIANT] as number) & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
