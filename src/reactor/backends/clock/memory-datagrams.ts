/** UDP on the clock's network: its sockets, and which of them get a datagram. */
import { checksum, copyOf } from "../../../core/bytes.ts";
import { isLoopback, isMulticast } from "../../../core/ip-address.ts";
import type { SeededRandom } from "../../../core/random.ts";
import { Deferred } from "../../../defer/deferred.ts";
import type { DatagramFaults } from "../../simulation.ts";
import type { DatagramDestination, UDPAddress } from "../../datagrams.ts";
import { CannotListenError } from "../../errors.ts";
import type { BindRequest, DatagramDriver, DatagramSocket } from "../../udp.ts";
import { BROADCAST, covers, EPHEMERAL_FIRST, EPHEMERAL_LAST, reachable } from "./addresses.ts";
import { completeFaults, Fates } from "./datagram-faults.ts";
import { latencies } from "./latency.ts";
import { type DatagramNetwork, MemoryDatagramSocket } from "./memory-datagram-socket.ts";
import type { NetworkFaults } from "./network-faults.ts";
import type { NetworkOptions } from "./network-options.ts";
import { Wire } from "./wire.ts";

/** A datagram under way. */
export interface Datagram {
  readonly bytes: Uint8Array;
  readonly from: UDPAddress;
  readonly to: DatagramDestination;
  /** Of one to a group: whether it left by the loopback interface. */
  readonly local: boolean;
  /** Of one to a group: whether this host gets it too. */
  readonly comesBack: boolean;
}

export class MemoryDatagrams implements DatagramDriver, DatagramNetwork {
  readonly #options: NetworkOptions;
  readonly #faults: Required<DatagramFaults>;
  readonly #random: SeededRandom;
  readonly #latency: () => number;
  readonly #wire: Wire;
  readonly #network: Pick<NetworkFaults, "blocks">;
  /** In the order in which they were bound. */
  readonly #sockets = new Set<MemoryDatagramSocket>();
  #nextPort = EPHEMERAL_FIRST;
  /** How many sockets there were: each has fates of its own. */
  #bound = 0;

  constructor(
    options: NetworkOptions,
    network: Pick<NetworkFaults, "blocks">,
    faults: DatagramFaults | undefined,
  ) {
    this.#options = options;
    this.#network = network;
    this.#faults = completeFaults(faults);
    this.#random = options.random.split("datagrams");
    this.#latency = latencies(options.latency, this.#random);
    this.#wire = new Wire({
      now: options.happenings.now,
      later: (seconds, action) => this.later(seconds, action),
      latency: this.#latency,
      bandwidth: Infinity,
      trace: options.trace,
    });
  }

  bind(request: BindRequest): Deferred<DatagramSocket> {
    const bound = new Deferred<DatagramSocket>();
    this.later(0, () => {
      if (bound.called) return;
      const { host, shared } = request;
      const port = request.port === 0 ? this.#freePort() : request.port;
      if (port === undefined || this.#taken(host, port, shared)) {
        const why = port === undefined ? "every port is in use" : "another program has that port";
        const message = `cannot open UDP port ${host}:${request.port}: ${why}`;
        bound.errback(new CannotListenError(message, "EADDRINUSE"));
        return;
      }
      const fates = new Fates(this.#faults, this.#random.split(String(++this.#bound)));
      const address: UDPAddress = { type: "UDP", host, port };
      const socket = new MemoryDatagramSocket(this, address, shared, fates);
      this.#sockets.add(socket);
      this.trace(`udp listen ${host}:${port}`);
      bound.callback(socket);
    });
    return bound;
  }

  // --- DatagramNetwork ---

  transmit(sender: MemoryDatagramSocket, bytes: Uint8Array, to: DatagramDestination): void {
    const by = sender.outgoingInterface;
    const local = by !== undefined && isLoopback(by);
    // As on Linux, nothing keeps the loopback interface from bringing things back.
    const comesBack = local || sender.hearsItself;
    const datagram = { bytes: copyOf(bytes), from: sender.sourceFor(to), to, local, comesBack };
    const way = wayOf(datagram);
    this.trace(`udp data ${bytes.length} #${checksum(bytes).toString(16)} ${way}`);
    const copies = sender.fates.next();
    if (copies.length === 0) this.trace(`udp lost ${way}`);
    if (copies.length > 1) this.trace(`udp doubled ${way}`);
    for (const late of copies) {
      if (late > 0) this.trace(`udp late ${way}`);
      const arrive = (): void => this.#arrive(sender, datagram);
      // By the wire it stays in order with all others.
      if (late > 0) this.later(this.#latency() + late, arrive);
      else this.#wire.carry(0, "data", arrive);
    }
  }

  released(socket: MemoryDatagramSocket): void {
    this.#sockets.delete(socket);
    this.trace(`udp closed ${socket.bound.host}:${socket.bound.port}`);
  }

  trace(event: string): void {
    this.#options.trace(event);
  }

  later(seconds: number, action: () => void): void {
    this.#options.happenings.add(seconds, action);
  }

  // --- parts ---

  #arrive(sender: MemoryDatagramSocket, datagram: Datagram): void {
    const { from, to } = datagram;
    if (this.#network.blocks(from, to)) {
      this.trace(`udp lost ${wayOf(datagram)}`);
      return;
    }
    const receivers = this.#receiversOf(datagram);
    if (receivers.length === 0) {
      this.trace(`udp nobody ${wayOf(datagram)}`);
      const told = !isMulticast(to.host) && to.host !== BROADCAST;
      if (told) this.later(this.#latency(), () => sender.refusedBy(to));
    }
    // All must be free to use their bytes as they like.
    for (const receiver of receivers) {
      receiver.arrive({ ...datagram, bytes: copyOf(datagram.bytes) });
    }
  }

  #receiversOf({ from, to, local, comesBack }: Datagram): MemoryDatagramSocket[] {
    const there = [...this.#sockets].filter(
      (socket) =>
        socket.bound.port === to.port &&
        covers(socket.bound.host, reachable(to.host)) &&
        socket.hears(from),
    );
    if (to.host === BROADCAST) return there;
    if (isMulticast(to.host)) {
      return comesBack ? there.filter((socket) => socket.isMember(to.host, local)) : [];
    }
    // Of those who share an address, the last to come has it.
    return there.slice(-1);
  }

  /** Whether somebody has what `host` and `port` would have too. */
  #taken(host: string, port: number, shared: boolean): boolean {
    return [...this.#sockets].some(
      (other) =>
        other.bound.port === port &&
        (covers(other.bound.host, host) || covers(host, other.bound.host)) &&
        !(shared && other.shared),
    );
  }

  #freePort(): number | undefined {
    for (let tries = EPHEMERAL_FIRST; tries <= EPHEMERAL_LAST; tries++) {
      const port = this.#nextPort;
      this.#nextPort = port === EPHEMERAL_LAST ? EPHEMERAL_FIRST : port + 1;
      if (!this.#taken("::", port, false)) return port;
    }
    return undefined;
  }
}

function wayOf({ from, to }: Datagram): string {
  return `${from.port}>${isMulticast(to.host) ? `${to.host}:` : ""}${to.port}`;
}
