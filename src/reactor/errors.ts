/** Errors of the reactor itself, of its calls and of connections. */
import { SkeinError } from "../core/errors.ts";

export class ReactorNotRunningError extends SkeinError {
  override readonly name = "ReactorNotRunningError";
  readonly code = "ERR_REACTOR_NOT_RUNNING";

  constructor() {
    super("the reactor is not running, or is stopping already");
  }
}

export class ReactorAlreadyRunningError extends SkeinError {
  override readonly name = "ReactorAlreadyRunningError";
  readonly code = "ERR_REACTOR_ALREADY_RUNNING";

  constructor() {
    super("the reactor is running already");
  }
}

/** A guest was made to turn from inside its own turn. */
export class TurnInProgressError extends SkeinError {
  override readonly name = "TurnInProgressError";
  readonly code = "ERR_TURN_IN_PROGRESS";

  constructor() {
    super("this reactor is in the middle of a turn: iterate() is for its host, not for its calls");
  }
}

/** `cancel`, `delay` or `reset` on a delayed call whose time has come. */
export class AlreadyRunError extends SkeinError {
  override readonly name = "AlreadyRunError";
  readonly code = "ERR_CALL_ALREADY_RUN";

  constructor() {
    super("this delayed call has already run");
  }
}

/** `cancel`, `delay` or `reset` on a delayed call that was cancelled. */
export class AlreadyCancelledError extends SkeinError {
  override readonly name = "AlreadyCancelledError";
  readonly code = "ERR_CALL_ALREADY_CANCELLED";

  constructor() {
    super("this delayed call was already cancelled");
  }
}

export class UnknownBackendError extends SkeinError {
  override readonly name = "UnknownBackendError";
  readonly code = "ERR_UNKNOWN_BACKEND";
}

/** A backend does not provide what it says it does. */
export class BackendFaultError extends SkeinError {
  override readonly name = "BackendFaultError";
  readonly code = "ERR_BACKEND_FAULT";
}

/** A method was called that the reactor's backend cannot provide. */
export class NoCapabilityError extends SkeinError {
  override readonly name = "NoCapabilityError";
  readonly code = "ERR_NO_CAPABILITY";
  /** The backend that lacks it. */
  readonly backend: string;
  /** The capability that is missing: "tcp", say. */
  readonly capability: string;
  /** The known backends that have it. */
  readonly available: readonly string[];

  /** @param what that needs it: `listenTCP()`, say. */
  constructor(what: string, backend: string, capability: string, available: readonly string[]) {
    const advice =
      available.length > 0
        ? `backends that have it: ${available.join(", ")}`
        : "no known backend has it";
    super(
      `${what} needs the capability "${capability}", ` +
        `which backend "${backend}" lacks; ${advice}`,
    );
    this.backend = backend;
    this.capability = capability;
    this.available = available;
  }
}

// --- why a connection ended, or never began ---

/** The connection was closed cleanly, by either side. */
export class ConnectionDoneError extends SkeinError {
  override readonly name = "ConnectionDoneError";
  readonly code = "ERR_CONNECTION_DONE";

  constructor() {
    super("the connection was closed cleanly");
  }
}

/** The connection broke, or was cut: data may have been lost. `cause` is the system's error. */
export class ConnectionLostError extends SkeinError {
  override readonly name = "ConnectionLostError";
  readonly code = "ERR_CONNECTION_LOST";

  constructor(message = "the connection was lost", options?: ErrorOptions) {
    super(message, options);
  }
}

/** A ConnectionLostError, with its code: the reactor has closed the connection, as it stops. */
export class ReactorStoppedError extends ConnectionLostError {
  constructor() {
    super("the reactor has stopped");
  }
}

/** This side called `abortConnection()`. */
export class ConnectionAbortedError extends SkeinError {
  override readonly name = "ConnectionAbortedError";
  readonly code = "ERR_CONNECTION_ABORTED";

  constructor() {
    super("the connection was aborted on this side");
  }
}

/** The peer reads too slowly: more unsent bytes had gathered than the transport may hold. */
export class WriteOverflowError extends SkeinError {
  override readonly name = "WriteOverflowError";
  readonly code = "ERR_WRITE_OVERFLOW";

  constructor(limitBytes: number, peer = "the peer") {
    super(`${peer} reads too slowly: over ${limitBytes} bytes wait to be sent to it`);
  }
}

/** registerProducer() on a transport that has a producer. */
export class ProducerRegisteredError extends SkeinError {
  override readonly name = "ProducerRegisteredError";
  readonly code = "ERR_PRODUCER_REGISTERED";

  constructor() {
    super("there is a producer already: unregisterProducer() first");
  }
}

/** A connection could not be made; `cause` is the system's error. */
export class ConnectError extends SkeinError {
  override readonly name: string = "ConnectError";
  readonly code: string = "ERR_CONNECT";
}

/** Nobody listens at the address. */
export class ConnectionRefusedError extends ConnectError {
  override readonly name = "ConnectionRefusedError";
  override readonly code = "ERR_CONNECTION_REFUSED";
}

/** The host's name or address means nothing. */
export class UnknownHostError extends ConnectError {
  override readonly name = "UnknownHostError";
  override readonly code = "ERR_UNKNOWN_HOST";
  /** True if nobody could say: to ask again, later, may help. */
  readonly temporary: boolean;

  constructor(message?: string, options: ErrorOptions & { temporary?: boolean } = {}) {
    const { temporary = false, ...rest } = options;
    super(message, rest);
    this.temporary = temporary;
  }
}

/** The factory returned null: it does not want this connection. */
export class NoProtocolError extends ConnectError {
  override readonly name = "NoProtocolError";
  override readonly code = "ERR_NO_PROTOCOL";

  constructor(where: string) {
    super(`the factory did not build a protocol for the connection to ${where}`);
  }
}

/** connect() on a connector that is connecting, or connected. */
export class ConnectorBusyError extends SkeinError {
  override readonly name = "ConnectorBusyError";
  readonly code = "ERR_CONNECTOR_BUSY";

  constructor(state: string) {
    super(`the connector is ${state}; it can connect when it is disconnected`);
  }
}

/** A port could not be opened; `cause` is the system's error. */
export class CannotListenError extends SkeinError {
  override readonly name = "CannotListenError";
  readonly code = "ERR_CANNOT_LISTEN";
  /** What is in the way, as the system calls it (`EADDRINUSE`, …), where it says. */
  readonly reason: string | undefined;

  constructor(message: string, reason?: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** The clock backend made turn after turn without its time moving on: something loops. */
export class ClockStuckError extends SkeinError {
  override readonly name = "ClockStuckError";
  readonly code = "ERR_CLOCK_STUCK";
}

/** Something waits for what can never happen: nothing was left to happen on virtual time. */
export class StalledError extends SkeinError {
  override readonly name = "StalledError";
  readonly code = "ERR_STALLED";

  constructor(message: string) {
    super(message);
    // Where that was noticed is in the clock, whatever waits.
    this.stack = `${this.name}: ${message}`;
  }
}

/** Two calls drove the same clock at once; `await` the first before making the second. */
export class ClockBusyError extends SkeinError {
  override readonly name = "ClockBusyError";
  readonly code = "ERR_CLOCK_BUSY";

  constructor() {
    super("this clock is already being driven: await advance(), pump() or run() first");
  }
}

/** No worker can be had: the system has no descriptors, threads or memory left for it. */
export class CannotStartWorkerError extends SkeinError {
  override readonly name = "CannotStartWorkerError";
  readonly code = "ERR_CANNOT_START_WORKER";
  /** What is in the way, as the system calls it (`EMFILE`, …), where it says. */
  readonly reason: string | undefined;

  constructor(why: string, reason?: string, options?: ErrorOptions) {
    super(`cannot start a worker: ${why}`, options);
    this.reason = reason;
  }
}

/** A worker ended by itself: process.exit(), out of memory, an uncaught error. */
export class WorkerDiedError extends SkeinError {
  override readonly name = "WorkerDiedError";
  readonly code = "ERR_WORKER_DIED";
  /**
   * What it gave to `process.exit()`; for a process that was killed the signal's number, negative;
   * undefined for any other end.
   */
  readonly exitCode: number | undefined;

  constructor(message: string, options?: ErrorOptions & { readonly exitCode?: number }) {
    super(message, options);
    this.exitCode = options?.exitCode;
  }
}
