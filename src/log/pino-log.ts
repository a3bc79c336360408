import type { LogFields, LogLevel, LogSink } from "./log-event.ts";
import { isError, thrownOf } from "./plain-value.ts";

/** A logger of pino's, or one that is like it: each level a method of fields and a message. */
export type PinoLike = {
  readonly [L in LogLevel]: (fields: object, message: string) => void;
};

/**
 * A sink that logs by pino, or what is like it (bunyan, a child of either). Its level counts beside
 * that of the reactor's log; its time is its own. `error` becomes `err`, which pino's serializer
 * shows with stack and causes.
 *
 * ```ts no-run
 * import { createReactor, logger, logTo, pinoLog } from "skein";
 * import { pino } from "pino";
 *
 * const reactor = createReactor("libuv");
 * logTo(reactor, pinoLog(pino({ level: "debug" })), { level: "debug" });
 * logger(reactor).info("listening", { port: 7000 });
 * ```
 */
export function pinoLog(pino: PinoLike): LogSink {
  return ({ level, message, fields }) => pino[level](withErr(fields), message);
}

function withErr({ error, ...others }: LogFields): object {
  if (error === undefined) return others;
  return { ...others, err: isError(error) ? thrownOf(error) : error };
}
