import type { Chained } from "../defer/chained.ts";
import type { Deferred } from "../defer/deferred.ts";
import { CancelledError } from "../defer/errors.ts";
import { fail } from "../defer/fired.ts";
import { maybeDeferred } from "../defer/maybe-deferred.ts";
import {
  isService,
  runService,
  type RunServiceOptions,
  type ServiceReactor,
} from "./run-service.ts";

/**
 * Does what the `reactor` command does with a daemon: calls it, and if what comes of that is a
 * service, starts it, and stops it when the reactor is to stop. Fires with what the daemon has
 * built, when it is there, and runs if it is a service. For tests:
 *
 * ```ts
 * import { createReactor, defineDaemon, type Reactor, startDaemon, TimerService } from "skein";
 *
 * const clockwork = defineDaemon({
 *   options: { seconds: { type: "number", default: 60, help: "how long a beat is" } },
 *   build: (reactor: Reactor, { seconds }) =>
 *     new TimerService(seconds, () => console.log(`beat at ${reactor.seconds()}`)),
 * });
 *
 * const reactor = createReactor("clock");
 * const stopped = reactor.run();
 * const service = await startDaemon(reactor, clockwork, { seconds: 30 }); // → beat at 0
 * reactor.callLater(45, () => reactor.stop());
 * await stopped; // → beat at 30
 * console.log(service.state); // → stopped
 * ```
 */
export function startDaemon<R extends ServiceReactor, A extends unknown[], T>(
  reactor: R,
  daemon: (reactor: R, ...options: A) => T,
  ...options: A
): Deferred<Chained<T>> {
  return runBuilt(reactor, () => daemon(reactor, ...options)) as Deferred<Chained<T>>;
}

/** Builds, and runs what was built if it is a service. */
export function runBuilt(
  reactor: ServiceReactor,
  build: () => unknown,
  options: RunServiceOptions = {},
): Deferred<unknown> {
  const { dropPrivileges } = options;
  const dropped = (built: unknown): Deferred<unknown> =>
    maybeDeferred(dropPrivileges as () => unknown).addCallback(() => built);
  let stopping = false;
  const trigger = reactor.addSystemEventTrigger("before", "shutdown", () => {
    stopping = true;
  });
  return maybeDeferred(build)
    .addBoth((built) => {
      reactor.removeSystemEventTrigger(trigger);
      return built;
    })
    .addCallback((built) => {
      if (!isService(built)) return dropPrivileges === undefined ? built : dropped(built);
      // Nobody would stop it any more.
      if (stopping) return fail(new CancelledError("the reactor stops before the service starts"));
      return runService(reactor, built, options);
    });
}
