import { BadOptionError } from "../core/errors.ts";
import type { ReactorCore } from "../reactor/capabilities.ts";
import { internalsOf } from "../reactor/internals.ts";
import { wallSeconds } from "../reactor/wall-clock.ts";
import { LOG_LEVELS, type LogFields, type LogLevel, type LogSink } from "./log-event.ts";
import { LogTarget } from "./log-target.ts";
import { textLine } from "./text-line.ts";

/** What a daemon logs by. {@link logger} gives one; {@link Logger.child} one that knows more. */
export class Logger {
  readonly #target: () => LogTarget;
  readonly #fields: LogFields;

  /** Loggers are made by {@link logger}. */
  constructor(target: () => LogTarget, fields: LogFields = {}) {
    this.#target = target;
    this.#fields = fields;
  }

  /** What helps to find a fault. It is not written unless that is asked for. */
  debug(message: string, fields?: LogFields): void {
    this.#log("debug", message, fields);
  }

  /** What happens as it should. */
  info(message: string, fields?: LogFields): void {
    this.#log("info", message, fields);
  }

  /** What somebody should look at some day. */
  warn(message: string, fields?: LogFields): void {
    this.#log("warn", message, fields);
  }

  /** What went wrong: `{ error }` says why. */
  error(message: string, fields?: LogFields): void {
    this.#log("error", message, fields);
  }

  /** One that gives these fields with all that it says: a connection's peer, say. */
  child(fields: LogFields): Logger {
    return new Logger(this.#target, { ...this.#fields, ...fields });
  }

  /** Whether events of this level go anywhere: for fields that are costly to make. */
  enabled(level: LogLevel): boolean {
    return this.#target().takes(level);
  }

  #log(level: LogLevel, message: string, fields: LogFields | undefined): void {
    this.#target().send(level, message, together(this.#fields, fields));
  }
}

/** Those that cannot be read are left to who writes them, who says so. */
function together(own: LogFields, fields: LogFields | undefined): LogFields {
  try {
    return { ...own, ...fields };
  } catch {
    return { ...own, fields };
  }
}

/** How a reactor's log is written. */
export interface LogOptions {
  /** Events below it are left out; "info" unless given. */
  readonly level?: LogLevel;
  /** What all events say, beside what they say themselves. */
  readonly fields?: LogFields;
  /**
   * Of more events in a second the rest is left out, and how many that were is said in the next;
   * 5,000 unless given: a peer that can cause events must not fill the disk. Infinity takes all.
   */
  readonly perSecondMax?: number;
}

const PER_SECOND_MAX = 5000;

const targets = new WeakMap<object, LogTarget>();

/**
 * The logger of a reactor: what it says goes where that reactor's log goes, now and whenever it
 * says something. That is standard error, a line for each event, unless {@link logTo}, or the
 * `reactor` command by its options, has it go elsewhere.
 *
 * ```ts
 * import { createReactor, logger, logTo, textLine } from "skein";
 *
 * const reactor = createReactor("clock");
 * logTo(reactor, (event) => console.log(textLine(event)));
 *
 * const log = logger(reactor);
 * log.info("listening", { port: 7000 });
 * // → 2000-01-01T00:00:00.000Z info  listening port=7000
 * const peer = log.child({ peer: "10.0.0.5" });
 * reactor.callLater(1.5, () => peer.warn("says nothing"));
 * await reactor.advance(2);
 * // → 2000-01-01T00:00:01.500Z warn  says nothing peer=10.0.0.5
 * ```
 */
export function logger(reactor: ReactorCore): Logger {
  return new Logger(() => targetOf(reactor));
}

/**
 * Has a reactor's log go to `sink`, from the next event on; and also what it reports by
 * reportError(), unless it was made with `onError`. Returns the way back to where it went before.
 *
 * ```ts
 * import { createReactor, type LogEvent, logger, logTo } from "skein";
 *
 * const reactor = createReactor("clock");
 * const events: LogEvent[] = [];
 * logTo(reactor, (event) => events.push(event), { level: "warn" });
 * logger(reactor).info("is not there");
 * reactor.reportError(new Error("no more paper"), "printing");
 * console.log(events.map(({ message }) => message)); // → [ 'error while printing' ]
 * ```
 *
 * @throws BadOptionError for a level that there is not, or a number that is none.
 */
export function logTo(reactor: ReactorCore, sink: LogSink, options: LogOptions = {}): () => void {
  const { level = "info", fields, perSecondMax = PER_SECOND_MAX } = options;
  if (!LOG_LEVELS.includes(level)) {
    throw new BadOptionError(
      `there is no log level "${level}"; there are: ${LOG_LEVELS.join(", ")}`,
    );
  }
  if (!(perSecondMax >= 1)) {
    throw new BadOptionError(`perSecondMax must be 1 or more events, not ${perSecondMax}`);
  }
  const before = targets.get(reactor);
  const target = new LogTarget(() => wallSeconds(reactor), sink, level, perSecondMax, fields);
  targets.set(reactor, target);
  const undo = internalsOf(reactor)?.logErrors((error, doing) =>
    target.send("error", `error while ${doing}`, { error }),
  );
  return () => {
    target.flush();
    undo?.();
    if (targets.get(reactor) !== target) return;
    if (before === undefined) targets.delete(reactor);
    else targets.set(reactor, before);
  };
}

function targetOf(reactor: ReactorCore): LogTarget {
  let target = targets.get(reactor);
  if (target === undefined) {
    const now = (): number => wallSeconds(reactor);
    target = new LogTarget(now, (event) => console.error(textLine(event)), "info", PER_SECOND_MAX);
    targets.set(reactor, target);
  }
  return target;
}
