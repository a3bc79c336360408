import { SkeinError } from "../core/errors.ts";
import { CancelledError } from "../defer/errors.ts";
import type { Failure } from "../defer/failure.ts";
import { ConnectError } from "../reactor/errors.ts";

/** An endpoint's attempt to connect was cancelled before there was a connection. */
export class ConnectingCancelledError extends CancelledError {
  override readonly name = "ConnectingCancelledError";
  override readonly code = "ERR_CONNECTING_CANCELLED";

  /** @param where what it was to connect to. */
  constructor(where: string) {
    super(`connecting to ${where} was cancelled`);
  }
}

/** None of the addresses behind a host could be connected to. */
export class AllAddressesFailedError extends ConnectError {
  override readonly name = "AllAddressesFailedError";
  override readonly code = "ERR_ALL_ADDRESSES_FAILED";
  /** Of each address that was tried, in the order in which they were. */
  readonly failures: readonly Failure[];

  constructor(where: string, failures: readonly Failure[]) {
    super(`cannot connect to ${where}: ${failures.map(({ message }) => message).join("; ")}`);
    this.failures = failures;
  }
}

/** A descriptor was listened on a second time: it belongs to the first port, and ends with it. */
export class AlreadyListenedError extends SkeinError {
  override readonly name = "AlreadyListenedError";
  readonly code = "ERR_ALREADY_LISTENED";

  constructor(descriptor: number) {
    super(`descriptor ${descriptor} was listened on already: it can be adopted once`);
  }
}

/** The socket that systemd was to hand over is not there. */
export class SystemdSocketError extends SkeinError {
  override readonly name = "SystemdSocketError";
  readonly code = "ERR_SYSTEMD_SOCKET";
}
