/** The network of the clock backend: one host, whose connections are in memory. */
import { QueueFullError } from "../../../core/errors.ts";
import { Deferred } from "../../../defer/deferred.ts";
import type { SimulatedCertificate } from "../../capabilities.ts";
import { CannotListenError, ConnectionRefusedError, UnknownHostError } from "../../errors.ts";
import type { StreamConnection } from "../../stream-connection.ts";
import type {
  AddressFamily,
  AdoptRequest,
  DialRequest,
  Listener,
  ListenRequest,
  StreamDriver,
  StreamKind,
  TCPDialRequest,
  TCPListenRequest,
  UNIXDialRequest,
  UNIXListenRequest,
} from "../../stream-driver.ts";
import type { TimerQueue } from "../../timer-queue.ts";
import type { StreamAddress, TCPAddress } from "../../transport.ts";
import { quoteUNIXName } from "../../unix-name.ts";
import { isIPv4 } from "../../../core/ip-address.ts";
import { addressOf, covers, EPHEMERAL_FIRST, EPHEMERAL_LAST, reachable } from "./addresses.ts";
import { MemoryConnection } from "./memory-connection.ts";
import { MemoryTLS } from "./memory-tls.ts";

export interface NetworkOptions {
  /** Where what is to happen is scheduled, with its delay in seconds. */
  readonly happenings: TimerQueue;
  readonly latency: number;
  readonly trace: (event: string) => void;
  readonly report: (error: unknown, doing: string) => void;
  readonly certificates: Readonly<Record<string, SimulatedCertificate>>;
  readonly descriptors: Readonly<Record<number, StreamAddress>>;
}

type Accept = (connection: StreamConnection) => void;

interface MemoryListener {
  readonly address: StreamAddress;
  readonly accept: Accept;
}

export class MemoryNetwork implements StreamDriver<StreamKind> {
  readonly tls: MemoryTLS;
  readonly #options: NetworkOptions;
  readonly #listeners = new Set<MemoryListener>();
  #nextPort = EPHEMERAL_FIRST;
  /** Connections by the port they were made from. */
  readonly #dialled = new Map<number, MemoryConnection>();

  constructor(options: NetworkOptions) {
    this.#options = options;
    this.tls = new MemoryTLS({
      certificates: options.certificates,
      now: () => options.happenings.now(),
      later: (action) => this.#later(0, action),
    });
  }

  listen(request: ListenRequest, accept: Accept): Deferred<Listener> {
    const listening = new Deferred<Listener>();
    this.#later(0, () => {
      if (listening.called) return;
      try {
        listening.callback(this.#open(this.#addressFor(request), accept, request));
      } catch (error) {
        listening.errback(error);
      }
    });
    return listening;
  }

  dial(request: DialRequest): Deferred<StreamConnection> {
    return request.kind === "tcp" ? this.#dialTCP(request) : this.#dialUNIX(request);
  }

  // --- listening ---

  /** The address to listen on. @throws CannotListenError */
  #addressFor(request: ListenRequest): StreamAddress {
    switch (request.kind) {
      case "tcp":
        return this.#addressForTCP(request);
      case "unix":
        return this.#addressForUNIX(request);
      case "adopted":
        return this.#adopted(request);
    }
  }

  #addressForTCP({ host: name, port: wanted }: TCPListenRequest): StreamAddress {
    const where = `${name.includes(":") ? `[${name}]` : name}:${wanted}`;
    const host = addressOf(name);
    if (host === undefined) throw cannotListen(where, "no such host name", "ENOTFOUND");
    const port = wanted === 0 ? this.#freePort() : wanted;
    if (this.#taken(host, port)) {
      throw cannotListen(where, "another program listens there", "EADDRINUSE");
    }
    return { type: "TCP", host, port };
  }

  #addressForUNIX({ name }: UNIXListenRequest): StreamAddress {
    if (this.#listenerOn(name) === undefined) return { type: "UNIX", name };
    throw cannotListen(quoteUNIXName(name), "another program listens there", "EADDRINUSE");
  }

  #adopted({ descriptor, family }: AdoptRequest): StreamAddress {
    const address = this.#options.descriptors[descriptor];
    const where = `descriptor ${descriptor}`;
    if (address === undefined) {
      throw cannotListen(
        where,
        'it is not a descriptor that listens; say what it is by the option "descriptors"',
        "EINVAL",
      );
    }
    const found = familyOf(address);
    if (found === family) return address;
    throw cannotListen(
      where,
      `it is a socket of the family ${found}, not ${family}`,
      "EAFNOSUPPORT",
    );
  }

  #open(address: StreamAddress, accept: Accept, request: ListenRequest): Listener {
    const listener: MemoryListener = { address, accept };
    const where =
      address.type === "TCP" ? `${address.host}:${address.port}` : quoteUNIXName(address.name);
    this.#listeners.add(listener);
    const mode = request.kind === "unix" ? ` mode ${request.mode.toString(8)}` : "";
    this.#options.trace(`listen ${where}${mode}`);
    const close = (): Deferred<void> => {
      const closed = new Deferred<void>();
      this.#listeners.delete(listener);
      this.#options.trace(`closed ${where}`);
      this.#later(0, () => closed.callback());
      return closed;
    };
    return { address, close };
  }

  // --- dialling ---

  #dialTCP({ host: name, port, bindAddress }: TCPDialRequest): Deferred<StreamConnection> {
    const host = addressOf(name);
    if (host === undefined) {
      const dialled = new Deferred<StreamConnection>();
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
    return this.#connect(local, remote, `${host}:${port}`, (client) => {
      this.#dialled.set(local.port, client);
      return `${local.port}>${port}`;
    });
  }

  #dialUNIX({ name }: UNIXDialRequest): Deferred<StreamConnection> {
    const where = quoteUNIXName(name);
    return this.#connect(
      { type: "UNIX", name: "" },
      { type: "UNIX", name },
      where,
      () => `>${where}`,
    );
  }

  #connect(
    local: StreamAddress,
    remote: StreamAddress,
    where: string,
    /** Gives what to call it in traces. */
    connected: (client: MemoryConnection) => string,
  ): Deferred<StreamConnection> {
    const { latency, trace } = this.#options;
    const dialled = new Deferred<StreamConnection>();
    // There and back; then the third step of the handshake lets the listener accept.
    this.#later(2 * latency, () => {
      if (dialled.called) return;
      const listener = this.#listenerAt(remote);
      if (listener === undefined) {
        trace(`refused ${where}`);
        dialled.errback(new ConnectionRefusedError(`nobody listens on ${where}`));
        return;
      }
      const [client, server] = MemoryConnection.pair(local, remote, this.#options);
      const name = connected(client);
      trace(`connected ${name}`);
      this.#later(latency, () => {
        if (this.#listeners.has(listener)) {
          trace(`accepted ${name}`);
          listener.accept(server);
        } else {
          server.reset();
        }
      });
      dialled.callback(client);
    });
    return dialled;
  }

  // --- who listens where ---

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
        address.type === "TCP" &&
        address.port === port &&
        (covers(address.host, host) || covers(host, address.host)),
    );
  }

  #listenerAt(remote: StreamAddress): MemoryListener | undefined {
    if (remote.type === "UNIX") return this.#listenerOn(remote.name);
    return [...this.#listeners].find(
      ({ address }) =>
        address.type === "TCP" && address.port === remote.port && covers(address.host, remote.host),
    );
  }

  #listenerOn(name: string): MemoryListener | undefined {
    return [...this.#listeners].find(
      ({ address }) => address.type === "UNIX" && address.name === name,
    );
  }

  #later(seconds: number, action: () => void): void {
    this.#options.happenings.add(seconds, action);
  }
}

function cannotListen(where: string, why: string, reason: string): CannotListenError {
  return new CannotListenError(`cannot listen on ${where}: ${why}`, reason);
}

function familyOf(address: StreamAddress): AddressFamily {
  if (address.type === "UNIX") return "UNIX";
  return isIPv4(address.host) ? "INET" : "INET6";
}
