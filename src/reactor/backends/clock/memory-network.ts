/** The network of the clock backend: one host, whose connections are in memory. */
import { QueueFullError } from "../../../core/errors.ts";
import { Deferred } from "../../../defer/deferred.ts";
import { CannotListenError, ConnectionRefusedError, UnknownHostError } from "../../errors.ts";
import type { StreamConnection } from "../../stream-connection.ts";
import type { DialRequest, Listener, ListenRequest, StreamDriver } from "../../tcp.ts";
import type { TimerQueue } from "../../timer-queue.ts";
import type { TCPAddress } from "../../transport.ts";
import { addressOf, covers, EPHEMERAL_FIRST, EPHEMERAL_LAST, reachable } from "./addresses.ts";
import { MemoryConnection } from "./memory-connection.ts";

export interface NetworkOptions {
  /** Where what is to happen is scheduled, with its delay in seconds. */
  readonly happenings: TimerQueue;
  readonly latency: number;
  readonly trace: (event: string) => void;
  readonly report: (error: unknown, doing: string) => void;
}

interface MemoryListener {
  readonly address: TCPAddress;
  readonly accept: (connection: StreamConnection) => void;
}

export class MemoryNetwork implements StreamDriver {
  readonly #options: NetworkOptions;
  readonly #listeners = new Set<MemoryListener>();
  #nextPort = EPHEMERAL_FIRST;
  /** Connections by the port they were made from. */
  readonly #dialled = new Map<number, MemoryConnection>();

  constructor(options: NetworkOptions) {
    this.#options = options;
  }

  listen(
    request: ListenRequest,
    accept: (connection: StreamConnection) => void,
  ): Deferred<Listener> {
    const listening = new Deferred<Listener>();
    this.#later(0, () => {
      if (listening.called) return;
      const host = addressOf(request.host);
      if (host === undefined) {
        listening.errback(this.#cannotListen(request, "no such host name", "ENOTFOUND"));
        return;
      }
      const port = request.port === 0 ? this.#freePort() : request.port;
      if (this.#taken(host, port)) {
        listening.errback(
          this.#cannotListen(request, "another program listens there", "EADDRINUSE"),
        );
        return;
      }
      const listener = { address: { type: "TCP", host, port }, accept } as const;
      this.#listeners.add(listener);
      this.#options.trace(`listen ${host}:${port}`);
      listening.callback({
        address: listener.address,
        close: () => this.#close(listener),
      });
    });
    return listening;
  }

  dial({ host: name, port, bindAddress }: DialRequest): Deferred<StreamConnection> {
    const { latency, trace } = this.#options;
    const dialled = new Deferred<StreamConnection>();
    const host = addressOf(name);
    if (host === undefined) {
      this.#later(0, () => {
        if (dialled.called) return;
        dialled.errback(new UnknownHostError(`no address is known for the host "${name}"`));
      });
      return dialled;
    }
    const remote: TCPAddress = { type: "TCP", host: reachable(host), port };
    const local: TCPAddress = {
      type: "TCP",
      host: bindAddress ?? remote.host,
      port: this.#freePort(),
    };
    // There and back; then the third step of the handshake lets the listener accept.
    this.#later(2 * latency, () => {
      if (dialled.called) return;
      const listener = this.#listenerAt(remote);
      if (listener === undefined) {
        trace(`refused ${host}:${port}`);
        dialled.errback(new ConnectionRefusedError(`nobody listens on ${host}:${port}`));
        return;
      }
      trace(`connected ${local.port}>${port}`);
      const [client, server] = MemoryConnection.pair(local, remote, this.#options);
      this.#dialled.set(local.port, client);
      this.#later(latency, () => {
        if (this.#listeners.has(listener)) {
          trace(`accepted ${local.port}>${port}`);
          listener.accept(server);
        } else {
          server.reset();
        }
      });
      dialled.callback(client);
    });
    return dialled;
  }

  #close(listener: MemoryListener): Deferred<void> {
    const closed = new Deferred<void>();
    this.#listeners.delete(listener);
    this.#options.trace(`closed ${listener.address.host}:${listener.address.port}`);
    this.#later(0, () => closed.callback());
    return closed;
  }

  #freePort(): number {
    for (let tries = EPHEMERAL_FIRST; tries <= EPHEMERAL_LAST; tries++) {
      const port = this.#nextPort;
      this.#nextPort = port === EPHEMERAL_LAST ? EPHEMERAL_FIRST : port + 1;
      if (this.#dialled.get(port)?.open !== true && !this.#taken("::", port)) return port;
    }
    throw new QueueFullError("every port of the simulated network is in use");
  }

  /** Whether somebody listens where `host` and `port` would be listened on too. */
  #taken(host: string, port: number): boolean {
    return [...this.#listeners].some(
      ({ address }) =>
        address.port === port && (covers(address.host, host) || covers(host, address.host)),
    );
  }

  #listenerAt({ host, port }: TCPAddress): MemoryListener | undefined {
    return [...this.#listeners].find(
      ({ address }) => address.port === port && covers(address.host, host),
    );
  }

  #cannotListen({ host, port }: ListenRequest, why: string, reason: string): CannotListenError {
    return new CannotListenError(`cannot listen on ${host}:${port}: ${why}`, reason);
  }

  #later(seconds: number, action: () => void): void {
    this.#options.happenings.add(seconds, action);
  }
}
