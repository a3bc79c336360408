/**
 * Logs: what a daemon says while it runs, by its reactor's time.
 *
 * logger.ts is what daemons see, log-target.ts what becomes of an event; text-line.ts and
 * json-line.ts write it, log-file.ts and pino-log.ts are where it may go.
 */
export * from "./errors.ts";
export { jsonLine } from "./json-line.ts";
export {
  LOG_LEVELS,
  type LogEvent,
  type LogFields,
  type LogLevel,
  type LogSink,
} from "./log-event.ts";
export { LogFile, type LogFileOptions } from "./log-file.ts";
export { type Logger, logger, type LogOptions, logTo } from "./logger.ts";
export { pinoLog, type PinoLike } from "./pino-log.ts";
export { textLine } from "./text-line.ts";
