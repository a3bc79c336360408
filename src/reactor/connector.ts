import type { Deferred } from "../defer/deferred.ts";
import { TimeoutError } from "../defer/errors.ts";
import { Failure } from "../defer/failure.ts";
import type { Loop } from "./backend.ts";
import { NoProtocolError } from "./errors.ts";
import type { StreamConnection } from "./stream-connection.ts";
import type { ClientProtocolFactory, Connector, StreamProtocol } from "./transport.ts";

export interface ConnectorOptions {
  loop: Loop;
  factory: ClientProtocolFactory;
  timeout: number;
  destination: { host: string; port: number };
  /** Makes one attempt; cancelling its Deferred gives up. */
  dial: () => Deferred<StreamConnection>;
  // How it tells its owner what is going on.
  began: () => void;
  connected: (connection: StreamConnection) => void;
  ended: (connection: StreamConnection | undefined) => void;
}

/** Makes attempts to connect, one at a time, and tells the factory how they fare. */
export class TCPConnector implements Connector {
  readonly #options: ConnectorOptions;
  #state: Connector["state"] = "disconnected";
  #attempt: Deferred<unknown> | undefined = undefined;
  #connection: StreamConnection | undefined = undefined;
  #factoryStarted = false;

  constructor(options: ConnectorOptions) {
    this.#options = options;
  }

  get state(): Connector["state"] {
    return this.#state;
  }

  getDestination(): { host: string; port: number } {
    return this.#options.destination;
  }

  connect(): void {
    if (this.#state !== "disconnected") {
      throw new Error(`the connector is ${this.#state}; it connects when it is disconnected`);
    }
    const { loop, factory, timeout, destination } = this.#options;
    this.#state = "connecting";
    this.#options.began();
    if (!this.#factoryStarted) {
      this.#factoryStarted = true;
      factory.doStart();
    }

    const dialling = this.#options.dial();
    let late: TimeoutError | undefined;
    const timer = loop.callLater(timeout, () => {
      late = new TimeoutError(
        `no connection to ${destination.host}:${destination.port} in ${timeout} seconds`,
      );
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
      loop.callFromThread(() => this.#end(undefined, "clientConnectionFailed", reason));
    });
    this.#guard("startedConnecting", () => factory.startedConnecting(this));
  }

  stopConnecting(): void {
    this.#attempt?.cancel();
  }

  disconnect(): void {
    this.stopConnecting();
    this.#connection?.loseConnection();
  }

  #connected(connection: StreamConnection): void {
    let protocol: StreamProtocol | null = null;
    this.#guard("buildProtocol", () => {
      protocol = this.#options.factory.buildProtocol(connection.getPeer());
    });
    if (protocol === null) {
      connection.refuse();
      this.#end(undefined, "clientConnectionFailed", new Failure(new NoProtocolError()));
      return;
    }
    this.#state = "connected";
    this.#connection = connection;
    this.#options.connected(connection);
    connection.start(protocol, (reason) => {
      this.#connection = undefined;
      this.#end(connection, "clientConnectionLost", reason);
    });
  }

  #end(
    connection: StreamConnection | undefined,
    tell: "clientConnectionLost" | "clientConnectionFailed",
    reason: Failure,
  ): void {
    const { factory, ended } = this.#options;
    this.#state = "disconnected";
    ended(connection);
    this.#guard(tell, () => factory[tell](this, reason));
    // The factory may have called connect() again: then it is still in use.
    if ((this.#state as Connector["state"]) !== "disconnected") return;
    this.#factoryStarted = false;
    this.#guard("doStop", () => factory.doStop());
  }

  #guard(method: string, call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#options.loop.reportError(error, `calling a client factory's ${method}`);
    }
  }
}
