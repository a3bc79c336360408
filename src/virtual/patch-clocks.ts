/** The clocks that count from a start: performance, process.hrtime, process.uptime. */
import { session } from "./active.ts";
import type { Patches } from "./patches.ts";

type Method = (this: unknown, ...args: unknown[]) => unknown;
type HrTime = [seconds: number, nanoseconds: number];

const NS_PER_SECOND = 1e9;

export function patchClocks(patches: Patches): void {
  patchPerformance(patches);
  const nanoseconds = (): bigint | undefined => {
    const active = session();
    return active && BigInt(Math.round(active.elapsedSeconds() * NS_PER_SECOND));
  };
  const { hrtime } = process;
  patches.method(process, "hrtime", (real: Method) =>
    Object.assign(
      (before?: HrTime): unknown => {
        const now = nanoseconds();
        // What Node has to say against its argument, Node says.
        const real_ = real(before);
        if (now === undefined) return real_;
        const [seconds, rest] = before ?? [0, 0];
        const since = Number(now) - seconds * NS_PER_SECOND - rest;
        return [
          Math.floor(since / NS_PER_SECOND),
          ((since % NS_PER_SECOND) + NS_PER_SECOND) % NS_PER_SECOND,
        ];
      },
      { bigint: () => nanoseconds() ?? hrtime.bigint() },
    ),
  );
  patches.method(
    process,
    "uptime",
    (real: () => number) => () => session()?.elapsedSeconds() ?? real(),
  );
}

function patchPerformance(patches: Patches): void {
  const prototype = Object.getPrototypeOf(performance) as object;
  const now = (): number | undefined => session()?.elapsedMs();
  patches.method(
    prototype,
    "now",
    (real: Method) =>
      function (this: unknown) {
        return now() ?? Reflect.apply(real, this, []);
      },
  );
  patches.getter(
    prototype,
    "timeOrigin",
    (real) =>
      function (this: unknown) {
        return session()?.epochMs ?? Reflect.apply(real, this, []);
      },
  );
  patches.method(
    prototype,
    "mark",
    (real: Method) =>
      function (this: unknown, name: unknown, options?: object) {
        const startTime = now();
        const given = startTime === undefined ? options : { startTime, ...options };
        return Reflect.apply(real, this, [name, given]);
      },
  );
  patches.method(
    prototype,
    "measure",
    (real: Method) =>
      function (this: unknown, name: unknown, from?: unknown, to?: unknown) {
        const end = now();
        const args = end === undefined ? [from, to] : [measured(from, to, end)];
        return Reflect.apply(real, this, [name, ...args]);
      },
  );
}

/** The same measure, with an end for the one that would end now. */
function measured(from: unknown, to: unknown, now: number): object {
  if (typeof from !== "object" || from === null) {
    return { ...(from !== undefined && { start: from }), end: to ?? now };
  }
  const { start, duration } = from as { start?: unknown; duration?: unknown };
  // A start and a duration say when it ends.
  return start !== undefined && duration !== undefined ? from : { end: now, ...from };
}
