import type { Deferred } from "../defer/deferred.ts";
import { Failure } from "../defer/failure.ts";
import { inlineCallbacks } from "../defer/inline-callbacks.ts";
import { fail, succeed } from "../defer/fired.ts";
import { ServiceStopError, ServiceTreeError, type StopFailure } from "./errors.ts";
import { Service, type ServiceSnapshot, setParent, upwards } from "./service.ts";

/**
 * Several services as one. It starts them in the order in which they were added, each when the one
 * before it runs, and stops them in the reverse order, each when the one behind it has stopped.
 *
 * ```ts
 * import { MultiService, Service } from "skein";
 *
 * class Part extends Service {
 *   protected override start() {
 *     console.log(`start ${this.path}`);
 *     if (this.name === "web") throw new Error("the port is in use");
 *   }
 *   protected override stop() {
 *     console.log(`stop ${this.path}`);
 *   }
 * }
 *
 * const site = new MultiService({ name: "site" });
 * for (const name of ["log", "pool", "web"]) new Part({ name }).setServiceParent(site);
 * site.startService().addErrback((failure) => console.log(failure.message));
 * // → start site/log
 * // → start site/pool
 * // → start site/web
 * // → stop site/pool
 * // → stop site/log
 * // → Error: the port is in use
 * ```
 *
 * When one fails to start, those that have started are stopped, and its failure is the start's;
 * what goes wrong in that stopping is reported, as ServiceStopError. When one fails to stop, the
 * others are stopped all the same, and then the stop fails with ServiceStopError, which has the
 * failures of all. At its own `stopTimeout` the rest is told to stop, and not waited for.
 */
export class MultiService extends Service implements Iterable<Service> {
  readonly #services: Service[] = [];
  /** Those that are being taken out. */
  readonly #leaving = new Set<Service>();

  /** Those in it, in the order in which they start. */
  get services(): readonly Service[] {
    return [...this.#services];
  }

  /** Those of them that have a name, by that. */
  get namedServices(): ReadonlyMap<string, Service> {
    const named = new Map<string, Service>();
    for (const service of this.#services) {
      if (service.name !== undefined) named.set(service.name, service);
    }
    return named;
  }

  [Symbol.iterator](): IterableIterator<Service> {
    return this.services[Symbol.iterator]();
  }

  /** @throws ServiceTreeError when none has the name. */
  getServiceNamed(name: string): Service {
    const found = this.#services.find((service) => service.name === name);
    if (found !== undefined) return found;
    const names = [...this.namedServices.keys()].map((known) => `"${known}"`).join(", ");
    throw new ServiceTreeError(
      `no service in "${this.path}" is called "${name}"; there are: ${names || "none with a name"}`,
    );
  }

  /**
   * Adds a service, behind all others. If this runs, it is started: the Deferred fires when it has
   * been, and fails as startService() does; it is in the tree all the same. If this is starting, it
   * is started in its turn, as a part of that start; the Deferred has fired. Else it waits.
   *
   * @throws ServiceTreeError for one that is in another service or above this one, or whose name is
   *   taken.
   */
  addService(service: Service): Deferred<void> {
    this.#assertAddable(service);
    this.#services.push(service);
    setParent(service, this);
    if (this.state === "running") return service.startService();
    return this.state === "prepared" ? service.privilegedStartService() : succeed(undefined);
  }

  /**
   * Takes a service out, at once, and stops it, whatever it is doing: a start is cancelled, and
   * that of this service goes on without it. The Deferred is that of stopService().
   *
   * @throws ServiceTreeError for one that is not in it.
   */
  removeService(service: Service): Deferred<void> {
    if (service.parent !== this) {
      throw new ServiceTreeError(`the service "${service.path}" is not in "${this.path}"`);
    }
    // It begins to stop in its place: by the clock that it has there, and under that path.
    this.#leaving.add(service);
    const stopped = service.stopService();
    this.#leaving.delete(service);
    // Whoever was told of the stop may have taken it out too.
    if (service.parent === this) {
      this.#services.splice(this.#services.indexOf(service), 1);
      setParent(service, undefined);
    }
    return stopped;
  }

  override inspect(): ServiceSnapshot {
    const children = Object.freeze(this.#services.map((service) => service.inspect()));
    return Object.freeze({ ...super.inspect(), children });
  }

  protected override privilegedStart(signal: AbortSignal): Deferred<void> {
    return this.#raise(signal, (service) => service.privilegedStartService());
  }

  protected override start(signal: AbortSignal): Deferred<void> {
    return this.#raise(signal, (service) => service.startService());
  }

  protected override stop(signal: AbortSignal): Deferred<void> {
    return lower(this.services, signal);
  }

  #assertAddable(service: Service): void {
    if (service.parent !== undefined) {
      throw new ServiceTreeError(
        `the service "${service.path}" is in "${service.parent.path}": a service has one parent; ` +
          "call disownServiceParent() first",
      );
    }
    for (const above of upwards(this)) {
      if (above !== service) continue;
      throw new ServiceTreeError(
        `the service "${service.path}" cannot be put into "${this.path}": it would be in itself`,
      );
    }
    const { name } = service;
    if (name !== undefined && this.namedServices.has(name)) {
      throw new ServiceTreeError(`a service in "${this.path}" is called "${name}" already`);
    }
  }

  readonly #raise = inlineCallbacks(function* (
    this: MultiService,
    signal: AbortSignal,
    begin: (service: Service) => Deferred<void>,
  ): Generator<unknown, void, never> {
    const begun = new Set<Service>();
    let failed: Service | undefined;
    try {
      // Looked for anew each time: they come and go meanwhile.
      for (;;) {
        signal.throwIfAborted();
        const next = this.#services.find((service) => !begun.has(service));
        if (next === undefined) return;
        begun.add(next);
        try {
          yield begin(next);
        } catch (error) {
          // One that was taken out has been stopped by who did it.
          if (next.parent !== this || this.#leaving.has(next)) continue;
          if (!signal.aborted) failed = next;
          throw error;
        }
      }
    } catch (error) {
      // What has failed by itself is not waited for: it may be what never ends.
      const others = this.services.filter((service) => begun.has(service) && service !== failed);
      yield lower(others).addErrback((failure) => void fail(failure));
      throw error;
    }
  });
}

/** Stops all, the last one first; when the signal is aborted, all that are left at once. */
const lower = inlineCallbacks(function* (
  services: readonly Service[],
  signal?: AbortSignal,
): Generator<unknown, void, never> {
  const failures: StopFailure[] = [];
  const left = [...services];
  for (let service = left.pop(); service !== undefined; service = left.pop()) {
    const { path } = service;
    try {
      yield service.stopService();
    } catch (error) {
      if (signal?.aborted === true) {
        // Nobody waits for them any more: their failures are reported.
        for (const other of left.reverse()) void other.stopService();
        throw error;
      }
      failures.push(...failuresOf(path, error));
    }
  }
  if (failures.length > 0) throw new ServiceStopError(failures);
});

function failuresOf(path: string, error: unknown): readonly StopFailure[] {
  return error instanceof ServiceStopError
    ? error.failures
    : [{ path, failure: Failure.from(error) }];
}
