/** Date, and what else takes "now" from the system's clock when it is given no time. */
import { session } from "./active.ts";
import type { Patches } from "./patches.ts";

type DateArguments = ConstructorParameters<typeof Date>;
type WithInstant = (this: unknown, time?: unknown, ...more: unknown[]) => unknown;

export function patchDate(patches: Patches): void {
  const now = (): number | undefined => session()?.nowMs();
  // In place, so that who has kept the class sees it too.
  patches.method(Date, "now", (real: () => number) => () => now() ?? real());
  patches.method(globalThis, "Date", (real: DateConstructor & (() => unknown)) => {
    const virtual: DateConstructor = new Proxy(real, {
      construct(target, args: unknown[], newTarget) {
        const at = args.length > 0 ? undefined : now();
        const given = (at === undefined ? args : [at]) as DateArguments;
        return Reflect.construct(target, given, newTarget === virtual ? target : newTarget) as Date;
      },
      apply(target) {
        const at = now();
        return at === undefined ? target() : new target(at).toString();
      },
    });
    // For those who make another date of the class of one that they have.
    patches.method(real.prototype, "constructor", () => virtual);
    return virtual;
  });
  patchIntl(patches);
  patchTemporal(patches);
}

function patchIntl(patches: Patches): void {
  const prototype = Intl.DateTimeFormat.prototype as object;
  patches.getter(
    prototype,
    "format",
    (real) =>
      function format(this: unknown): unknown {
        const formatTime = Reflect.apply(real, this, []) as (time?: unknown) => string;
        return session() === undefined
          ? formatTime
          : (time?: unknown) => formatTime(time === undefined ? session()?.nowMs() : time);
      },
  );
  patches.method(
    prototype,
    "formatToParts",
    (real: WithInstant) =>
      function formatToParts(this: unknown, time?: unknown): unknown {
        return Reflect.apply(real, this, [time === undefined ? session()?.nowMs() : time]);
      },
  );
}

interface Instant {
  toZonedDateTimeISO(
    zone: unknown,
  ): Record<"toPlainDate" | "toPlainDateTime" | "toPlainTime", () => unknown>;
}

/** Of newer versions of Node. */
interface TemporalNamespace {
  readonly Instant: { fromEpochMilliseconds(ms: number): Instant };
  readonly Now: { timeZoneId(): string };
}

function patchTemporal(patches: Patches): void {
  const { Temporal } = globalThis as { Temporal?: TemporalNamespace };
  if (Temporal === undefined) return;
  const { Now, Instant } = Temporal;
  const views: Record<string, (instant: Instant, zone: unknown) => unknown> = {
    instant: (instant) => instant,
    zonedDateTimeISO: (instant, zone) => instant.toZonedDateTimeISO(zone),
    plainDateISO: (instant, zone) => instant.toZonedDateTimeISO(zone).toPlainDate(),
    plainDateTimeISO: (instant, zone) => instant.toZonedDateTimeISO(zone).toPlainDateTime(),
    plainTimeISO: (instant, zone) => instant.toZonedDateTimeISO(zone).toPlainTime(),
  };
  for (const [name, view] of Object.entries(views)) {
    patches.method(Now, name, (real: (zone?: unknown) => unknown) => (zone?: unknown) => {
      const at = session()?.nowMs();
      if (at === undefined) return real(zone);
      return view(Instant.fromEpochMilliseconds(at), zone ?? Now.timeZoneId());
    });
  }
}
