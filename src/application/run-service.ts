import type { Deferred } from "../defer/deferred.ts";
import type { Failure } from "../defer/failure.ts";
import { succeed } from "../defer/fired.ts";
import { maybeDeferred } from "../defer/maybe-deferred.ts";
import type { ReactorCore } from "../reactor/capabilities.ts";
import type { ServiceClock } from "./lifecycle.ts";
import type { Service } from "./service.ts";

export interface RunServiceOptions {
  /**
   * Called when the service has bound what it needs privileges for, and before the rest of it is
   * started: `process.setgid()` and `setuid()` belong here. Without it, there is one start only.
   */
  readonly dropPrivileges?: () => unknown;
  /** Told when the service does not stop well; unless given, the reactor reports it. */
  readonly onStopFailure?: (failure: Failure) => void;
}

/** What a service is run with: any reactor. */
export type ServiceReactor = ReactorCore & ServiceClock;

/**
 * Starts a service, and stops it when the reactor is to stop, which waits for that. The reactor is
 * the service's clock, if it has none. Fires with the service when it runs; fails as its start.
 *
 * ```ts
 * import { createReactor, runService, Service } from "skein";
 *
 * class Lamp extends Service {
 *   protected override start() {
 *     console.log("on");
 *   }
 *   protected override stop() {
 *     console.log("off");
 *   }
 * }
 *
 * const reactor = createReactor("clock");
 * const stopped = reactor.run();
 * await runService(reactor, new Lamp()); // → on
 * reactor.stop();
 * await stopped; // → off
 * ```
 */
export function runService<S extends Service>(
  reactor: ServiceReactor,
  service: S,
  options: RunServiceOptions = {},
): Deferred<S> {
  const { dropPrivileges, onStopFailure } = options;
  if (service.clock === undefined) service.setClock(reactor);
  reactor.addSystemEventTrigger("before", "shutdown", () => {
    const stopped = service.stopService();
    return onStopFailure === undefined ? stopped : stopped.addErrback(onStopFailure);
  });
  const prepared =
    dropPrivileges === undefined
      ? succeed<unknown>(undefined)
      : service.privilegedStartService().addCallback(() => dropPrivileged(service, dropPrivileges));
  const started = prepared.addCallback(() => service.startService());
  return started.addCallback(() => service) as Deferred<S>;
}

/** A service that keeps privileges it should not have is not started. */
function dropPrivileged(service: Service, drop: () => unknown): Deferred<unknown> {
  return maybeDeferred(drop).addErrback((failure) =>
    service.stopService().addCallback(() => failure),
  );
}

/** Whether a value is a service, be it of another copy of skein. */
export function isService(value: unknown): value is Service {
  if (typeof value !== "object" || value === null) return false;
  const { startService, stopService, setClock } = value as Partial<Service>;
  return [startService, stopService, setClock].every((method) => typeof method === "function");
}
