import type { Deferred } from "../defer/deferred.ts";
import { CancelledError, TimeoutError } from "../defer/errors.ts";
import { Failure } from "../defer/failure.ts";
import { maybeDeferred } from "../defer/maybe-deferred.ts";
import type { Loop } from "./backend.ts";
import { ConnectorBusyError, NoProtocolError, ReactorNotRunningError } from "./errors.ts";
import type { Openable } from "./open-things.ts";
import type { StreamConnection } from "./stream-connection.ts";
import type { ClientProtocolFactory, Connector, Destination, StreamProtocol } from "./transport.ts";
import { assertClientFactory } from "./stream-checks.ts";
import { textOf } from "./unix-name.ts";

export interface ConnectorOptions<D extends Destination> {
  readonly loop: Loop;
  readonly factory: ClientProtocolFactory;
  readonly timeout: number;
  readonly destination: D;
  /** Makes one attempt; cancelling its Deferred gives up. */
  readonly dial: () => Deferred<StreamConnection>;
  readonly owner: ConnectorOwner;
}

/** Who keeps account of connectors and their connections. */
export interface ConnectorOwner {
  /** An attempt is about to begin. @throws ReactorNotRunningError when it must not. */
  began(connector: StreamConnector): void;
  connected(connection: StreamConnection): void;
  lost(connection: StreamConnection): void;
  /** Nothing is under way any more. */
  ended(connector: StreamConnector): void;
  /** Closes a connection that nobody wants, and keeps account of it until it has ended. */
  refuse(connection: StreamConnection): void;
}

/** Makes attempts to connect, one at a time, and tells the factory how they fare. */
export class StreamConnector<D extends Destination = Destination>
  implements Connector<D>, Openable
{
  readonly #options: ConnectorOptions<D>;
  #state: Connector["state"] = "disconnected";
  #attempt: Deferred<unknown> | undefined = undefined;
  #givenUp = false;
  #connection: StreamConnection | undefined = undefined;
  #factoryStarted = false;

  constructor(options: ConnectorOptions<D>) {
    assertClientFactory(options.factory);
    this.#options = options;
  }

  get state(): Connector["state"] {
    return this.#state;
  }

  get kind(): string {
    return "connector";
  }

  describe(): string {
    return `${this.#state}, ${textOf(this.#options.destination)}`;
  }

  getDestination(): D {
    return this.#options.destination;
  }

  connect(): void {
    if (this.#state !== "disconnected") throw new ConnectorBusyError(this.#state);
    const { loop, factory, timeout, destination, owner } = this.#options;
    owner.began(this);
    try {
      if (!this.#factoryStarted) factory.doStart();
    } catch (error) {
      owner.ended(this);
      throw error;
    }
    this.#factoryStarted = true;
    this.#state = "connecting";
    this.#givenUp = false;

    const dialling = maybeDeferred(this.#options.dial);
    let late: TimeoutError | undefined;
    const timer = loop.callLater(timeout, () => {
      late = new TimeoutError(`no connection to ${textOf(destination)} in ${timeout} seconds`);
      dialling.cancel();
    });
    this.#attempt = dialling.addBoth((result) => {
      this.#attempt = undefined;
      if (timer.active) timer.cancel();
      if (!(result instanceof Failure)) {
        this.#connected(result);
        return;
      }
      // An attempt may end inside the call that began it, or gave it up: the factory hears later.
      const reason = late === undefined ? result : new Failure(late);
      loop.callFromThread(() => this.#failed(reason));
    });
    this.#guard("startedConnecting", () => factory.startedConnecting(this));
  }

  stopConnecting(): void {
    if (this.#state !== "connecting") return;
    this.#givenUp = true;
    this.#attempt?.cancel();
  }

  disconnect(): void {
    this.stopConnecting();
    this.#connection?.loseConnection();
  }

  #connected(connection: StreamConnection): void {
    const { destination, factory, owner, loop } = this.#options;
    let protocol: StreamProtocol | null | undefined;
    this.#guard("buildProtocol", () => {
      protocol = factory.buildProtocol(connection.getPeer());
    });
    // Who forgets to return one has none.
    if (!protocol || this.#givenUp) {
      owner.refuse(connection);
      const reason = this.#givenUp
        ? new CancelledError()
        : new NoProtocolError(textOf(destination));
      this.#failed(new Failure(reason));
      return;
    }
    this.#state = "connected";
    this.#connection = connection;
    owner.connected(connection);
    const ended = (reason: Failure): void => {
      this.#connection = undefined;
      owner.lost(connection);
      this.#end("clientConnectionLost", () => factory.clientConnectionLost(this, reason));
    };
    connection.start(protocol, ended, loop);
  }

  #failed(reason: Failure): void {
    const { factory } = this.#options;
    this.#end("clientConnectionFailed", () => factory.clientConnectionFailed(this, reason));
  }

  #end(method: string, tell: () => void): void {
    const { factory, owner } = this.#options;
    this.#state = "disconnected";
    this.#guard(method, tell);
    // The factory may have called connect() again: then it is still in use.
    if ((this.#state as Connector["state"]) !== "disconnected") return;
    this.#factoryStarted = false;
    this.#guard("doStop", () => factory.doStop());
    owner.ended(this);
  }

  #guard(method: string, call: () => void): void {
    try {
      call();
    } catch (error) {
      // A factory that always connects again learns that the reactor stops; that is no error.
      if (error instanceof ReactorNotRunningError) return;
      this.#options.loop.reportError(error, `calling a client factory's ${method}`);
    }
  }
}
