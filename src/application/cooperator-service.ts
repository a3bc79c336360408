import type { Deferred } from "../defer/deferred.ts";
import type { CooperativeTask, Steps } from "../task/cooperative-task.ts";
import { Cooperator, type CooperatorOptions } from "../task/cooperator.ts";
import { Service, type ServiceOptions } from "./service.ts";

export interface CooperatorServiceOptions
  extends ServiceOptions, Omit<CooperatorOptions, "started"> {}

/**
 * A {@link Cooperator} that makes steps while the service runs. Work that is added before waits for
 * the start. The stop ends all tasks, with SchedulerStoppedError for who waits for them.
 *
 * ```ts
 * import { CooperatorService, createReactor } from "skein";
 *
 * const reactor = createReactor("clock");
 * const work = new CooperatorService({ clock: reactor });
 * work.coiterate(["wash", "dry"].values()).addCallback(() => console.log("done"));
 * await reactor.advance(1);
 * console.log("to be started");
 * await work.startService();
 * await reactor.advance(1);
 * // → to be started
 * // → done
 * ```
 */
export class CooperatorService extends Service {
  readonly #options: CooperatorOptions;
  #cooperator: Cooperator | undefined = undefined;

  constructor(options: CooperatorServiceOptions = {}) {
    super(options);
    this.#options = { ...options, started: false };
  }

  /** @throws BadOptionError when there is no clock yet; QueueFullError as the Cooperator's. */
  cooperate<S extends Steps>(steps: S): CooperativeTask<S> {
    return this.#getCooperator().cooperate(steps);
  }

  /** @throws BadOptionError when there is no clock yet; QueueFullError as the Cooperator's. */
  coiterate<S extends Steps>(steps: S): Deferred<S> {
    return this.#getCooperator().coiterate(steps);
  }

  protected override start(): void {
    this.#getCooperator().start();
  }

  protected override stop(): void {
    this.#cooperator?.stop();
  }

  #getCooperator(): Cooperator {
    return (this.#cooperator ??= new Cooperator(
      this.requireClock("its steps need time"),
      this.#options,
    ));
  }
}
