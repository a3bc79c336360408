import type { ReactorCore } from "../reactor/capabilities.ts";
import { type OptionDeclarations, type OptionValues, withDefaults } from "./options.ts";

/** What {@link defineDaemon} takes. `R` is the reactor that the daemon needs. */
export interface DaemonDefinition<R extends ReactorCore, D extends OptionDeclarations, T> {
  /** One line for `reactor DAEMON --help`. */
  readonly summary?: string;
  readonly options?: D;
  /**
   * Sets the daemon up. It counts as started when the returned Deferred or promise fires; when
   * that fails, or this throws, the daemon has failed to start.
   */
  readonly build: (reactor: R, options: OptionValues<D>) => T;
}

/**
 * A daemon: a function of the reactor and its options, with what the launcher wants to know. It
 * returns what its `build` does: a port that tests can connect to, say.
 */
export interface Daemon<R extends ReactorCore, D extends OptionDeclarations, T = unknown> {
  (reactor: R, options?: Partial<OptionValues<D>>): T;
  readonly summary: string;
  readonly options: D;
}

/**
 * Makes a daemon that the `reactor` command can launch, and tests can call. It is a module's
 * default export; options that are not given have their defaults.
 *
 * ```ts
 * import { createReactor, defineDaemon, type Reactor } from "skein";
 *
 * const cuckoo = defineDaemon({
 *   summary: "Says the hour.",
 *   options: { hours: { type: "number", default: 2, help: "how many hours to say" } },
 *   build(reactor: Reactor, { hours }) {
 *     for (let hour = 1; hour <= hours; hour++) {
 *       reactor.callLater(hour * 3600, () => console.log("cuckoo! ".repeat(hour).trim()));
 *     }
 *   },
 * });
 *
 * const reactor = createReactor("clock");
 * cuckoo(reactor);
 * await reactor.runUntilIdle();
 * // → cuckoo!
 * // → cuckoo! cuckoo!
 * ```
 *
 * A daemon without options may as well be a plain function of the reactor.
 */
export function defineDaemon<R extends ReactorCore, T, D extends OptionDeclarations = {}>(
  definition: DaemonDefinition<R, D, T>,
): Daemon<R, D, T> {
  const { summary = "", options = {} as D, build } = definition;
  const daemon = (reactor: R, given: Partial<OptionValues<D>> = {}): T =>
    build(reactor, withDefaults(options, given));
  return Object.assign(daemon, { summary, options });
}
