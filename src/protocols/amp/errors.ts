/** What goes wrong in AMP, beside what goes wrong with any connection. */
import { SkeinError } from "../../core/errors.ts";

/** The peer has nobody who answers the command. */
export class UnhandledCommandError extends SkeinError {
  override readonly name = "UnhandledCommandError";
  readonly code = "ERR_AMP_UNHANDLED_COMMAND";
}

/** The peer answered a command with an error that the command does not declare. */
export class UnknownRemoteError extends SkeinError {
  override readonly name = "UnknownRemoteError";
  readonly code = "ERR_AMP_UNKNOWN_REMOTE";
  /** The peer's own code for it: "UNKNOWN" for what it has not declared either. */
  readonly remoteCode: string;
  /** What the peer says about it. */
  readonly description: string;

  constructor(command: string, remoteCode: string, description: string) {
    super(`the peer failed at ${command} with ${remoteCode}: ${description}`);
    this.remoteCode = remoteCode;
    this.description = description;
  }
}

/** A value cannot be sent as its type, what came is none of its type, or one is missing. */
export class BadArgumentError extends SkeinError {
  override readonly name = "BadArgumentError";
  readonly code = "ERR_AMP_BAD_ARGUMENT";
}

/** A value is longer than AMP can send, which is 65,535 bytes. */
export class ValueTooLongError extends SkeinError {
  override readonly name = "ValueTooLongError";
  readonly code = "ERR_AMP_VALUE_TOO_LONG";

  constructor(what: string, bytes: number, maxBytes: number) {
    super(`${what} has ${bytes} bytes: AMP sends ${maxBytes} at most`);
  }
}

/** The connection has gone over, or is about to go over, to another protocol. */
export class ProtocolSwitchedError extends SkeinError {
  override readonly name = "ProtocolSwitchedError";
  readonly code = "ERR_AMP_PROTOCOL_SWITCHED";

  constructor() {
    super("the connection is handed over to another protocol: it takes no commands any more");
  }
}
