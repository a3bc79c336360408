/** Errors of datagrams. Ports that cannot be opened are a CannotListenError, as with TCP. */
import { SkeinError } from "../core/errors.ts";

/** Something else stands where an IP address is expected: a host name, or the wrong family. */
export class InvalidAddressError extends SkeinError {
  override readonly name = "InvalidAddressError";
  readonly code = "ERR_INVALID_ADDRESS";
}

/** A datagram is longer than any network carries (the system's EMSGSIZE). */
export class MessageLengthError extends SkeinError {
  override readonly name = "MessageLengthError";
  readonly code = "ERR_MESSAGE_LENGTH";

  constructor(bytes: number, limitBytes: number) {
    super(`a datagram holds ${limitBytes} bytes at most, not ${bytes}: split it, or use a stream`);
  }
}

/** A datagram could not be sent, or its transport failed; `cause` is the system's error. */
export class DatagramError extends SkeinError {
  override readonly name = "DatagramError";
  readonly code = "ERR_DATAGRAM";
  /** What went wrong, as the system calls it (`ENETUNREACH`, …), where it says. */
  readonly reason: string | undefined;

  constructor(message: string, reason?: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** A datagram transport was connected a second time. */
export class AlreadyConnectedError extends SkeinError {
  override readonly name = "AlreadyConnectedError";
  readonly code = "ERR_ALREADY_CONNECTED";
}

/** A group could not be joined or left; `cause` is the system's error. */
export class MulticastJoinError extends SkeinError {
  override readonly name = "MulticastJoinError";
  readonly code = "ERR_MULTICAST_JOIN";
  /** What is in the way, as the system calls it (`ENODEV`, …), where it says. */
  readonly reason: string | undefined;

  constructor(message: string, reason?: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
