/** Errors of standard input and output. */
import { SkeinError } from "../core/errors.ts";

/** Standard input and output belong to another protocol already. */
export class StdioInUseError extends SkeinError {
  override readonly name = "StdioInUseError";
  readonly code = "ERR_STDIO_IN_USE";

  constructor() {
    super("standard input and output are open already: one protocol has them at a time");
  }
}

/** Standard input is no terminal, and was to be in raw mode. */
export class NotATerminalError extends SkeinError {
  override readonly name = "NotATerminalError";
  readonly code = "ERR_NOT_A_TERMINAL";

  constructor() {
    super("standard input is no terminal, and has no raw mode: look at transport.isTerminal");
  }
}
