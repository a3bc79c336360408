/**
 * Standard input and output as one connection: `openStdio`, made from what a backend can do. The
 * rules are here, so that they are the same on every backend.
 */
import type { Deferred } from "../defer/deferred.ts";
import { fail } from "../defer/fired.ts";
import type { Loop } from "./backend.ts";
import { Closing } from "./closing.ts";
import { undrained } from "./end-of.ts";
import { NoCapabilityError, ReactorNotRunningError, ReactorStoppedError } from "./errors.ts";
import { Openings } from "./openings.ts";
import { NotATerminalError, StdioInUseError } from "./stdio-errors.ts";
import { StreamConnection } from "./stream-connection.ts";
import type { StreamAddress, StreamProtocol, Transport } from "./transport.ts";

export interface StdioOptions {
  /** Whether the terminal begins in raw mode: see {@link StdioTransport.setRawMode}. */
  raw?: boolean;
}

/** A transport over standard input and output. */
export interface StdioTransport extends Transport {
  /** Whether standard input is a terminal. */
  readonly isTerminal: boolean;
  /**
   * In raw mode every byte that is typed comes at once, ^C too, and none is echoed. The terminal is
   * put back when the connection ends, the process exits, or is stopped.
   *
   * @throws NotATerminalError when standard input is none. Does nothing once it is closed.
   */
  setRawMode(enabled: boolean): void;
}

/** Standard input and output. docs/stdio.md has the whole of it. */
export interface ReactorStdio {
  /**
   * Connects the protocol to standard input and output, when the reactor runs, then fires with its
   * transport. Fails with StdioInUseError while somebody has them, NotATerminalError for `raw`
   * without a terminal, and ReactorNotRunningError while the reactor stops. Cancelling gives up.
   */
  openStdio(protocol: StreamProtocol, options?: StdioOptions): Deferred<StdioTransport>;
}

/** What a backend provides. Nothing may be called back from inside these methods. */
export interface StdioDriver {
  /** Fires with the connection, not yet started. Fails as {@link ReactorStdio.openStdio}. */
  open(
    options: Readonly<Required<StdioOptions>>,
    report: Loop["reportError"],
  ): Deferred<StdioConnection>;
}

const NAME = "standard input and output";
const ADDRESS: StreamAddress = { type: "UNIX", name: NAME };

/** The part of the connection that is the same on every backend. */
export abstract class StdioConnection extends StreamConnection implements StdioTransport {
  abstract readonly isTerminal: boolean;
  protected abstract changeMode(raw: boolean): void;

  override get kind(): string {
    return "stdio";
  }

  override describe(): string {
    return NAME;
  }

  setRawMode(enabled: boolean): void {
    if (!this.isTerminal) throw new NotATerminalError();
    if (this.connected) this.changeMode(enabled);
  }

  getHost(): StreamAddress {
    return ADDRESS;
  }

  getPeer(): StreamAddress {
    return ADDRESS;
  }

  startTLS(): never {
    throw new NoCapabilityError("startTLS", `of ${NAME}`, "tls", []);
  }

  get encrypted(): boolean {
    return false;
  }

  get negotiatedProtocol(): undefined {
    return undefined;
  }

  getPeerCertificate(): undefined {}

  setTcpNoDelay(): void {}

  setTcpKeepAlive(): void {}
}

/** The capability "stdio" of a backend that has them. */
export class Stdio implements ReactorStdio {
  readonly #loop: Loop;
  readonly #driver: StdioDriver;
  readonly #openings: Openings;
  #connection: StdioConnection | undefined = undefined;
  /** While everything is disconnected: nothing new is begun. */
  readonly #closing: Closing;

  constructor(loop: Loop, driver: StdioDriver) {
    this.#loop = loop;
    this.#openings = new Openings(loop);
    this.#closing = new Closing(loop);
    this.#driver = driver;
  }

  openStdio(
    protocol: StreamProtocol,
    { raw = false }: StdioOptions = {},
  ): Deferred<StdioTransport> {
    if (this.#closing.begun) return fail(new ReactorNotRunningError());
    if (this.#openings.size > 0 || this.#connection !== undefined) {
      return fail(new StdioInUseError());
    }
    const report: Loop["reportError"] = (error, doing) => this.#loop.reportError(error, doing);
    return this.#openings
      .begin(() => this.#driver.open({ raw }, report))
      .addCallback((connection) => {
        this.#connection = connection;
        this.#loop.enter(connection);
        if (raw) connection.setRawMode(true);
        connection.start(protocol, () => this.#gone(connection), this.#loop);
        return connection;
      });
  }

  /** Closes it, when what was written is taken, or after `drainSeconds`. */
  disconnectAll(): Deferred<void> {
    const connection = this.#connection;
    const { drainSeconds } = this.#loop;
    const emptied = this.#closing.begin(drainSeconds, () => {
      connection?.cutOff(undrained(connection, drainSeconds));
    });
    this.#openings.cancelAll();
    if (connection === undefined) this.#closing.done();
    else connection.loseConnection(new ReactorStoppedError());
    return emptied;
  }

  /** The run has ended: what comes now is for the next one. */
  reopen(): void {
    this.#closing.reopen();
  }

  #gone(connection: StdioConnection): void {
    this.#loop.leave(connection);
    this.#connection = undefined;
    this.#closing.done();
  }
}
