import type { ReactorCore } from "../reactor/capabilities.ts";
import { withVariables } from "./environment-options.ts";
import type { GivenOptions, OptionDeclarations, OptionValues } from "./option-declarations.ts";
import { assertDeclared, withDefaults } from "./option-values.ts";

/** What {@link defineDaemon} takes. `R` is the reactor that the daemon needs. */
export interface DaemonDefinition<R extends ReactorCore, D extends OptionDeclarations, T> {
  /** One line for `reactor DAEMON --help`. */
  readonly summary?: string;
  /**
   * What the variables that its options are read from begin with: with "CHAT_" the option
   * `idleSeconds` is read from CHAT_IDLE_SECONDS. Without it only those are that say so.
   */
  readonly envPrefix?: string;
  // The intersection tells the compiler the parameters of checks while it infers D.
  readonly options?: D & OptionDeclarations;
  /**
   * Sets the daemon up. It counts as started when the returned Deferred or promise fires; when
   * that fails, or this throws, the daemon has failed to start. A service, or what fires with one,
   * is started then, and stopped when the reactor is to stop.
   */
  readonly build: (reactor: R, options: OptionValues<D>) => T;
}

/** A daemon's options as an argument, which can be left out unless one of them is required. */
type OptionsArgument<D extends OptionDeclarations> =
  {} extends GivenOptions<D> ? [options?: GivenOptions<D>] : [options: GivenOptions<D>];

/**
 * A daemon: a function of the reactor and its options, with what the launcher wants to know. It
 * returns what its `build` does: a port that tests can connect to, a service to be started.
 */
export interface Daemon<R extends ReactorCore, D extends OptionDeclarations, T = unknown> {
  (reactor: R, ...options: OptionsArgument<D>): T;
  readonly summary: string;
  /** As they were declared, each with the name of its variable, if it has one. */
  readonly options: D;
}

/**
 * Makes a daemon that the `reactor` command can launch, and tests can call. It is a module's
 * default export; options that are not given have their defaults. The command takes them from its
 * command line, else from the environment; who calls the daemon gives them: it reads no variables.
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
 *
 * @throws BadOptionError for a default that its option would not take.
 */
export function defineDaemon<R extends ReactorCore, T, const D extends OptionDeclarations = {}>(
  definition: DaemonDefinition<R, D, T>,
): Daemon<R, D, T> {
  const { summary = "", envPrefix, build } = definition;
  const options = withVariables<D>(definition.options ?? ({} as D), envPrefix);
  assertDeclared(options);
  const daemon = (reactor: R, given: Partial<OptionValues<D>> = {}): T =>
    build(reactor, withDefaults(options, given));
  return Object.assign(daemon, { summary, options });
}
