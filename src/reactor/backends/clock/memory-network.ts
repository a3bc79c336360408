/** The network of the clock backend: one host, whose connections are in memory. */
import { QueueFullError } from "../../../core/errors.ts";
import type { SeededRandom } from "../../../core/random.ts";
import { Deferred } from "../../../defer/deferred.ts";
import { UnknownHostError } from "../../errors.ts";
import type { StreamConnection } from "../../stream-connection.ts";
import type {
  DialRequest,
  Listener,
  ListenRequest,
  StreamDriver,
  StreamKind,
  TCPDialRequest,
  UNIXDialRequest,
} from "../../stream-driver.ts";
import type { StreamAddress, TCPAddress } from "../../transport.ts";
import { quoteUNIXName } from "../../unix-name.ts";
import { addressOf, EPHEMERAL_FIRST, EPHEMERAL_LAST, reachable } from "./addresses.ts";
import { type Answer, connecting } from "./connecting.ts";
import { latencies } from "./latency.ts";
import { type Accept, Listeners } from "./listeners.ts";
import { type ConnectionEnd, MemoryConnection } from "./memory-connection.ts";
import { MemoryTLS } from "./memory-tls.ts";
import { type Address, NetworkFaults } from "./network-faults.ts";
import type { NetworkOptions, Report } from "./network-options.ts";

/** Below this many connections those that are over are not worth looking for. */
const PRUNE_FROM = 64;

export class MemoryNetwork {
  readonly tls: MemoryTLS;
  readonly faults: NetworkFaults;
  readonly #options: NetworkOptions;
  readonly #listeners: Listeners;
  readonly #random: SeededRandom;
  /** How many attempts to connect there were: each has a stream of chance of its own. */
  #dials = 0;
  #nextPort = EPHEMERAL_FIRST;
  /** The ends that have dialled by TCP, by the port they did it from. */
  readonly #dialled = new Map<number, MemoryConnection>();
  /** The dialling ends of all connections that are not over; and some that are, until pruned. */
  readonly #connections = new Set<MemoryConnection>();
  #pruneAt = PRUNE_FROM;

  constructor(options: NetworkOptions) {
    this.#options = options;
    this.#random = options.random.split("tcp");
    this.#listeners = new Listeners({
      ...options,
      freePort: () => this.takePort(),
      isHeld: (address) => address.type === "TCP" && this.faults.connectFault(address) === "held",
    });
    this.faults = new NetworkFaults({
      trace: options.trace,
      changed: () => this.#faultsChanged(),
      reset: (isMeant) => this.#reset(isMeant),
    });
    this.tls = new MemoryTLS({
      certificates: options.certificates,
      now: () => options.happenings.now(),
      later: (action) => this.#later(0, action),
    });
  }

  /** The network as one of its reactors has it. */
  reportingTo(report: Report): StreamDriver<StreamKind> {
    return {
      tls: this.tls,
      listen: (request, accept) => this.#listen(request, accept, report),
      dial: (request) => this.#dial(request, report),
    };
  }

  #listen(request: ListenRequest, accept: Accept, report: Report): Deferred<Listener> {
    const listening = new Deferred<Listener>();
    this.#later(0, () => {
      if (listening.called) return;
      try {
        listening.callback(this.#open(request, accept, report));
      } catch (error) {
        listening.errback(error);
      }
    });
    return listening;
  }

  #dial(request: DialRequest, report: Report): Deferred<StreamConnection> {
    return request.kind === "tcp"
      ? this.#dialTCP(request, report)
      : this.#dialUNIX(request, report);
  }

  #open(request: ListenRequest, accept: Accept, report: Report): Listener {
    const listener = this.#listeners.open(request, accept, report);
    const close = (): Deferred<void> => {
      const closed = new Deferred<void>();
      this.#listeners.close(listener);
      this.#later(0, () => closed.callback());
      return closed;
    };
    return { address: listener.address, close };
  }

  // --- dialling ---

  #dialTCP(
    { host: name, port, bindAddress }: TCPDialRequest,
    report: Report,
  ): Deferred<StreamConnection> {
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
      port: this.takePort(),
    };
    const ask = (random: SeededRandom): Answer<StreamConnection> => {
      const fault = this.faults.connectFault(remote);
      const listener = this.#listeners.at(remote);
      const silent = this.faults.blocks(local, remote) || this.faults.blocks(remote, local);
      if (silent || fault === "unanswered") return "unanswered";
      if (fault === "refused" || listener === undefined) return "refused";
      // One that is full says nothing: there may be room when it is asked again.
      if (listener.full) return "unanswered";
      const way = `${local.port}>${port}`;
      const dialling = { address: local, report };
      const accepting = { address: remote, report: listener.report };
      const [client, server] = this.#connected(dialling, accepting, random, way);
      this.#dialled.set(local.port, client);
      const accept = fault === "reset" ? () => server.reset() : listener.add(server, way);
      client.afterHandshake(accept);
      return { connected: client };
    };
    return this.#connecting(`${host}:${port}`, ask);
  }

  #dialUNIX({ name: path }: UNIXDialRequest, report: Report): Deferred<StreamConnection> {
    const where = quoteUNIXName(path);
    const local: StreamAddress = { type: "UNIX", name: "" };
    const remote: StreamAddress = { type: "UNIX", name: path };
    return this.#connecting(where, (random) => {
      const listener = this.#listeners.at(remote);
      if (listener === undefined) return "refused";
      if (listener.full) return "full";
      const name = `>${where}`;
      const dialling = { address: local, report };
      const accepting = { address: remote, report: listener.report };
      const [client, server] = this.#connected(dialling, accepting, random, name);
      client.afterHandshake(listener.add(server, name));
      return { connected: client };
    });
  }

  #connecting(
    where: string,
    ask: (random: SeededRandom) => Answer<StreamConnection>,
  ): Deferred<StreamConnection> {
    const random = this.#random.split(String(++this.#dials));
    return connecting({
      later: (seconds, action) => this.#later(seconds, action),
      latency: latencies(this.#options.latency, random),
      trace: this.#options.trace,
      where,
      ask: () => ask(random),
    });
  }

  #connected(
    dialling: ConnectionEnd,
    accepting: ConnectionEnd,
    random: SeededRandom,
    name: string,
  ): [MemoryConnection, MemoryConnection] {
    const pair = MemoryConnection.pair(dialling, accepting, this.#options, random);
    this.#options.trace(`connected ${name}`);
    if (this.#connections.size >= this.#pruneAt) this.#prune();
    this.#connections.add(pair[0]);
    return pair;
  }

  #prune(): void {
    for (const client of this.#connections) if (client.over) this.#connections.delete(client);
    this.#pruneAt = Math.max(PRUNE_FROM, 2 * this.#connections.size);
  }

  // --- faults ---

  #faultsChanged(): void {
    for (const client of this.#connections) {
      const [host, peer] = [client.getHost(), client.getPeer()];
      if (host.type !== "TCP" || peer.type !== "TCP") continue;
      client.setBlocked(this.faults.blocks(host, peer), this.faults.blocks(peer, host));
    }
    for (const listener of this.#listeners) this.#later(0, () => listener.acceptAll());
  }

  #reset(isMeant: (end: Address) => boolean): number {
    let count = 0;
    for (const client of this.#connections) {
      if (client.over) continue;
      const ends = [client.getHost(), client.getPeer()];
      if (!ends.some((end) => end.type === "TCP" && isMeant(end))) continue;
      client.cutOnTheWay();
      count++;
    }
    return count;
  }

  // --- ports ---

  /** A port that nobody uses; as they are given out in turn, the next one is another. */
  takePort(): number {
    for (let tries = EPHEMERAL_FIRST; tries <= EPHEMERAL_LAST; tries++) {
      const port = this.#nextPort;
      this.#nextPort = port === EPHEMERAL_LAST ? EPHEMERAL_FIRST : port + 1;
      if (this.#dialled.get(port)?.open !== true && !this.#listeners.taken("::", port)) return port;
    }
    throw new QueueFullError("every port of the simulated network is in use");
  }

  #later(seconds: number, action: () => void): void {
    this.#options.happenings.add(seconds, action);
  }
}
