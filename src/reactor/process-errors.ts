/** Errors of child processes: how they ended, and why they could not be started. */
import { SkeinError } from "../core/errors.ts";

/** A process has exited with code 0. */
export class ProcessDoneError extends SkeinError {
  override readonly name = "ProcessDoneError";
  readonly code = "ERR_PROCESS_DONE";
  readonly exitCode: number = 0;
  readonly signal: string | undefined = undefined;

  constructor() {
    super("the process has exited with code 0");
  }
}

/** A process has exited with another code, or was ended by a signal. */
export class ProcessTerminatedError extends SkeinError {
  override readonly name = "ProcessTerminatedError";
  readonly code = "ERR_PROCESS_TERMINATED";
  /** Its exit code, unless a signal ended it. */
  readonly exitCode: number | undefined;
  /** The signal that ended it, if one did: "SIGTERM", say. */
  readonly signal: string | undefined;

  constructor(exitCode: number | undefined, signal: string | undefined) {
    super(
      signal === undefined
        ? `the process has exited with code ${exitCode}`
        : `the process was ended by ${signal}`,
    );
    this.exitCode = exitCode;
    this.signal = signal;
  }
}

/** A signal was meant for a process, or a group, that is gone. */
export class ProcessExitedAlreadyError extends SkeinError {
  override readonly name = "ProcessExitedAlreadyError";
  readonly code = "ERR_PROCESS_EXITED_ALREADY";

  constructor(signal: string | number, who: string) {
    super(`${signal} cannot be sent: ${who} has exited already`);
  }
}

/** A process could not be started; `cause` is the system's error. */
export class CannotSpawnError extends SkeinError {
  override readonly name: string = "CannotSpawnError";
  readonly code: string = "ERR_CANNOT_SPAWN";
  /** What is in the way, as the system calls it (`EAGAIN`, …), where it says. */
  readonly reason: string | undefined;

  constructor(message: string, reason?: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** A process was to have a terminal, and none can be made here: the message says what to do. */
export class NoTerminalsError extends CannotSpawnError {
  override readonly name = "NoTerminalsError";
  override readonly code = "ERR_NO_TERMINALS";
}

/** A terminal is closed that was to be changed. */
export class TerminalClosedError extends SkeinError {
  override readonly name = "TerminalClosedError";
  readonly code = "ERR_TERMINAL_CLOSED";

  constructor(pid: number) {
    super(`the terminal of process ${pid} is closed`);
  }
}

/** There is no such command. */
export class CommandNotFoundError extends CannotSpawnError {
  override readonly name = "CommandNotFoundError";
  override readonly code = "ERR_COMMAND_NOT_FOUND";
}

/** The command is there, and may not be executed. */
export class NotExecutableError extends CannotSpawnError {
  override readonly name = "NotExecutableError";
  override readonly code = "ERR_NOT_EXECUTABLE";
}

/** The directory to start in is none. */
export class WorkingDirectoryError extends CannotSpawnError {
  override readonly name = "WorkingDirectoryError";
  override readonly code = "ERR_WORKING_DIRECTORY";
}

/**
 * Why a command could not be started, by the system's name for it; "ENOTDIR" stands for a directory
 * to start in that is none.
 */
export function cannotSpawn(
  { command, cwd }: { readonly command: string; readonly cwd?: string | undefined },
  reason: string | undefined,
  options?: ErrorOptions,
): CannotSpawnError {
  const what = `cannot start "${command}"`;
  if (reason === "ENOENT") {
    const hint = command.includes(" ") ? "; its arguments belong into args" : "";
    return new CommandNotFoundError(`${what}: there is no such command${hint}`, reason, options);
  }
  if (reason === "EACCES") {
    return new NotExecutableError(`${what}: it may not be executed`, reason, options);
  }
  if (reason === "ENOTDIR") {
    const where = `${what}: there is no directory "${cwd}" to start it in`;
    return new WorkingDirectoryError(where, reason, options);
  }
  const why = REASONS[reason ?? ""] ?? reason ?? "the system does not say why";
  return new CannotSpawnError(`${what}: ${why}`, reason, options);
}

const REASONS: Readonly<Record<string, string>> = {
  EAGAIN: "there are too many processes",
  EMFILE: "this process has too many files open",
  ENFILE: "the system has too many files open",
  ENOSPC: "there are too many terminals",
  ENOMEM: "there is not enough memory",
  EPERM: "this process may not become that user or group",
  E2BIG: "its arguments and environment are too long",
};
