import { SkeinError } from "../core/errors.ts";
import { ConnectError } from "../reactor/errors.ts";

/** A protocol's transport was asked for before there was a connection. */
export class NotConnectedError extends SkeinError {
  override readonly name = "NotConnectedError";
  readonly code = "ERR_NOT_CONNECTED";

  constructor(madeIn = "connectionMade()") {
    super(`the protocol has no transport before ${madeIn}`);
  }
}

/** A datagram protocol was given a second port. */
export class ProtocolInUseError extends SkeinError {
  override readonly name = "ProtocolInUseError";
  readonly code = "ERR_PROTOCOL_IN_USE";

  constructor() {
    super("the protocol has a port already: make another protocol for another port");
  }
}

/** A command that was run for its output wrote to its standard error, or wrote too much. */
export class ProcessOutputError extends SkeinError {
  override readonly name = "ProcessOutputError";
  readonly code = "ERR_PROCESS_OUTPUT";
  /** What it had written to standard output until then. */
  readonly output: Uint8Array;
  /** What it had written to standard error. */
  readonly errors: Uint8Array;

  constructor(message: string, output: Uint8Array, errors: Uint8Array) {
    super(message);
    this.output = output;
    this.errors = errors;
  }
}

/** The peer sent a line longer than the protocol takes. */
export class LineTooLongError extends SkeinError {
  override readonly name = "LineTooLongError";
  readonly code = "ERR_LINE_TOO_LONG";

  constructor(maxBytes: number) {
    super(`the peer sent a line of over ${maxBytes} bytes`);
  }
}

/** The peer announced, or sent, more in one piece than the protocol takes. */
export class FrameTooLongError extends SkeinError {
  override readonly name = "FrameTooLongError";
  readonly code = "ERR_FRAME_TOO_LONG";

  /** @param unit what is counted: "values", say. */
  constructor(length: number, maxLength: number, unit = "bytes") {
    super(`the peer announced a frame of ${length} ${unit}: ${maxLength} are taken at most`);
  }
}

/** The peer sent bytes that are no frame of its protocol. */
export class BadFrameError extends SkeinError {
  override readonly name = "BadFrameError";
  readonly code = "ERR_BAD_FRAME";

  /** @param frame what it should have sent: "netstring", say. */
  constructor(frame: string, why: string) {
    super(`the peer sent no ${frame}: ${why}`);
  }
}

/** A connection could not be forwarded: there was none to go on with. `cause` says why. */
export class ForwardError extends ConnectError {
  override readonly name = "ForwardError";
  override readonly code = "ERR_FORWARD";
}

/** A SOCKS proxy did not connect. */
export class SOCKSError extends ConnectError {
  override readonly name = "SOCKSError";
  override readonly code = "ERR_SOCKS";
  /** What it has replied, by RFC 1928: 2 for not allowed, say; undefined before that. */
  readonly reply: number | undefined;

  constructor(message: string, reply?: number) {
    super(message);
    this.reply = reply;
  }
}
