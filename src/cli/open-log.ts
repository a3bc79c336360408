import { onUnhandledFailure } from "../defer/unhandled.ts";
import { describeHistory } from "../defer/history.ts";
import { jsonLine } from "../log/json-line.ts";
import type { LogSink } from "../log/log-event.ts";
import { LogFile } from "../log/log-file.ts";
import { logger, logTo } from "../log/logger.ts";
import { textLine } from "../log/text-line.ts";
import type { ReactorCore } from "../reactor/capabilities.ts";
import { memberId } from "./fleet/membership.ts";
import type { RunOptions } from "./options.ts";

/** Where the command line has the log go. */
export interface CommandLog {
  readonly file: LogFile | undefined;
  /** Has the reactor's log go there, and what nobody handles with it; returns the way back. */
  attach(reactor: ReactorCore): () => void;
}

/** @throws CannotLogError */
export function openLog({ logLevel, logFormat, logFile, uid, gid }: RunOptions): CommandLog {
  const lineOf = logFormat === "json" ? jsonLine : textLine;
  // Given away later, it must not be what the one who gets it has chosen.
  const links = uid === undefined && gid === undefined;
  const file = logFile === undefined ? undefined : new LogFile(logFile, undefined, { links });
  const write = file === undefined ? console.error : (line: string): void => file.write(line);
  const sink: LogSink = (event) => write(lineOf(event));
  // Of what is printed the first process says whose it is; a file is everybody's.
  const id = file === undefined ? undefined : memberId();
  const options = {
    ...(logLevel !== undefined && { level: logLevel }),
    ...(id !== undefined && { fields: { process: id } }),
  };
  return {
    file,
    attach(reactor) {
      const ways = [logTo(reactor, sink, options)];
      const log = logger(reactor);
      ways.push(
        onUnhandledFailure(
          (failure, history) => {
            // Known when debugging is on.
            const made = describeHistory(history).trim();
            log.error("unhandled failure in a Deferred", {
              ...(made !== "" && { made }),
              error: failure,
            });
          },
          (failure) => log.warn(`a failure was handled after it was told: ${failure.message}`),
        ),
      );
      if (file !== undefined) ways.push(logWhatKills(reactor));
      return () => {
        for (const back of ways.reverse()) back();
      };
    },
  };
}

/** SIGHUP has it opened anew, from now on; returns the way back. */
export function reopenOnHangup(file: LogFile): () => void {
  const reopen = (): void => file.reopen();
  process.on("SIGHUP", reopen);
  return () => void process.off("SIGHUP", reopen);
}

/** An uncaught error ends the process, as ever; the file then says why. */
function logWhatKills(reactor: ReactorCore): () => void {
  const note = (error: unknown): void => logger(reactor).error("uncaught error", { error });
  process.on("uncaughtExceptionMonitor", note);
  return () => void process.off("uncaughtExceptionMonitor", note);
}
