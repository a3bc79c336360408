/** What is logged, and where it goes. */

/** From the most to the least that is said. */
export type LogLevel = "debug" | "info" | "warn" | "error";

export const LOG_LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];

/** What is known beside the message: plain data. `error` is for what went wrong. */
export interface LogFields {
  /** An Error, a Failure, or whatever was thrown: shown with its stack and its causes. */
  readonly error?: unknown;
  readonly [name: string]: unknown;
}

/** One thing that was said. */
export interface LogEvent {
  /** Seconds since 1970, by the reactor's backend: on virtual time since 2000-01-01. */
  readonly time: number;
  readonly level: LogLevel;
  readonly message: string;
  /** Those of the logger, and those that were given with the message, which win. */
  readonly fields: LogFields;
}

/** Gets the events, in order. What it throws is said on standard error, once. */
export type LogSink = (event: LogEvent) => void;
