/** The network of the clock backend: one host, whose connections are in memory. */
import { Deferred } from "../../../defer/deferred.ts";
import { CannotListenError, ConnectionRefusedError, UnknownHostError } from "../../errors.ts";
import type { StreamConnection } from "../../stream-connection.ts";
import type { DialRequest, Listener, ListenRequest, StreamDriver } from "../../tcp.ts";
import type { TimerQueue } from "../../timer-queue.ts";
import type { TCPAddress } from "../../transport.ts";
import { MemoryConnection } from "./memory-connection.ts";

/** The first of the ports that are given out to those who ask for none in particular. */
const FIRST_EPHEMERAL_PORT = 49152;
const ANY_HOST = new Set(["0.0.0.0", "::"]);

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
  #nextPort = FIRST_EPHEMERAL_PORT;

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
      if ([...this.#listeners].some(({ address }) => collide(address, host, port))) {
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
    const local: TCPAddress = { type: "TCP", host: bindAddress ?? host, port: this.#freePort() };
    const remote: TCPAddress = { type: "TCP", host, port };
    // There and back; then the third step of the handshake lets the listener accept.
    this.#later(2 * latency, () => {
      if (dialled.called) return;
      const listener = [...this.#listeners].find(({ address }) => collide(address, host, port));
      if (listener === undefined) {
        trace(`refused ${host}:${port}`);
        dialled.errback(new ConnectionRefusedError(`nobody listens on ${host}:${port}`));
        return;
      }
      trace(`connected ${local.port}>${port}`);
      const [client, server] = MemoryConnection.pair(local, remote, this.#options);
      this.#later(latency, () => {
        trace(`accepted ${local.port}>${port}`);
        listener.accept(server);
      });
      dialled.callback(client);
    });
    return dialled;
  }

  #close(listener: MemoryListener): Deferred<void> {
    const closed = new Deferred<void>();
    this.#listeners.delete(listener);
    this.#later(0, () => closed.callback());
    return closed;
  }

  #freePort(): number {
    return this.#nextPort++;
  }

  #cannotListen({ host, port }: ListenRequest, why: string, reason: string): CannotListenError {
    return new CannotListenError(`cannot listen on ${host}:${port}: ${why}`, reason);
  }

  #later(seconds: number, action: () => void): void {
    this.#options.happenings.add(seconds, action);
  }
}

/** Whether somebody who listens on `address` gets what is sent to `host` and `port`. */
function collide(address: TCPAddress, host: string, port: number): boolean {
  return (
    address.port === port &&
    (address.host === host || ANY_HOST.has(address.host) || ANY_HOST.has(host))
  );
}

/** The address behind a name: here only localhost has one. */
function addressOf(name: string): string | undefined {
  if (name === "localhost") return "127.0.0.1";
  return /^\d+(\.\d+){3}$/.test(name) || name.includes(":") ? name : undefined;
}
