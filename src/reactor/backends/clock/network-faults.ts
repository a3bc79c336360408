/** The faults of the network at present, as a test has set them. */
import { BadOptionError } from "../../../core/errors.ts";
import type { ConnectFault, NetworkEnd, NetworkFault, ReactorNetwork } from "../../simulation.ts";
import type { StreamAddress } from "../../transport.ts";
import { quoteUNIXName } from "../../unix-name.ts";
import { addressOf, covers } from "./addresses.ts";

const CONNECT_FAULTS: readonly string[] = ["refused", "unanswered", "reset", "held"];

/** An end of a connection, or of a datagram's way. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface NetworkFaultsOptions {
  readonly trace: (event: string) => void;
  /** Faults have come or gone: connections are to be looked at anew. */
  readonly changed: () => void;
  /** Resets the connections that have such an end; gives how many there were. */
  readonly reset: (isMeant: (end: Address) => boolean) => number;
}

interface Partition {
  readonly from: NetworkEnd;
  readonly to: NetworkEnd;
  readonly oneWay: boolean;
}

interface FaultyConnects {
  readonly to: NetworkEnd;
  readonly fault: ConnectFault;
}

export class NetworkFaults implements ReactorNetwork {
  readonly #options: NetworkFaultsOptions;
  readonly #partitions = new Map<NetworkFault, Partition>();
  /** In the order in which they were set. */
  readonly #connects = new Map<NetworkFault, FaultyConnects>();

  constructor(options: NetworkFaultsOptions) {
    this.#options = options;
  }

  // --- ReactorNetwork ---

  partition(
    a: NetworkEnd | StreamAddress,
    b: NetworkEnd | StreamAddress = {},
    { oneWay = false }: { oneWay?: boolean } = {},
  ): NetworkFault {
    const partition = { from: checked(a), to: checked(b), oneWay };
    const between = oneWay ? ">" : "|";
    const what = `partition ${textOf(partition.from)}${between}${textOf(partition.to)}`;
    return this.#add(this.#partitions, partition, what);
  }

  faultConnects(to: NetworkEnd | StreamAddress, fault: ConnectFault): NetworkFault {
    if (!CONNECT_FAULTS.includes(fault)) {
      throw new BadOptionError(`connects are ${CONNECT_FAULTS.join(", ")}; not "${fault}"`);
    }
    const faulty = { to: checked(to), fault };
    return this.#add(this.#connects, faulty, `connects ${fault} ${textOf(faulty.to)}`);
  }

  resetConnections(end: NetworkEnd | StreamAddress): number {
    const meant = checked(end);
    this.#options.trace(`reset connections ${textOf(meant)}`);
    return this.#options.reset((address) => matches(meant, address));
  }

  heal(): void {
    for (const fault of [...this.#partitions.keys(), ...this.#connects.keys()]) fault.heal();
  }

  // --- for the network ---

  /** Whether nothing gets from one to the other. */
  blocks(from: Address, to: Address): boolean {
    for (const { from: a, to: b, oneWay } of this.#partitions.values()) {
      if (matches(a, from) && matches(b, to)) return true;
      if (!oneWay && matches(a, to) && matches(b, from)) return true;
    }
    return false;
  }

  /** What becomes of a connect. */
  connectFault(to: Address): ConnectFault | undefined {
    const faulty = [...this.#connects.values()].filter((each) => matches(each.to, to));
    return faulty.at(-1)?.fault;
  }

  #add<T>(faults: Map<NetworkFault, T>, what: T, text: string): NetworkFault {
    const { trace, changed } = this.#options;
    const fault = {
      heal: (): void => {
        if (!faults.delete(fault)) return;
        trace(`healed: ${text}`);
        changed();
      },
    };
    faults.set(fault, what);
    trace(text);
    changed();
    return fault;
  }
}

/** With its host in its one form. @throws BadOptionError */
function checked(end: NetworkEnd | StreamAddress): NetworkEnd {
  if ("name" in end) {
    throw new BadOptionError(`the network ends before ${quoteUNIXName(end.name)}, a UNIX socket`);
  }
  const { host: name, port } = end;
  const host = name === undefined ? undefined : addressOf(name);
  if (name !== undefined && host === undefined) {
    throw new BadOptionError(`no address is known for the host "${name}"`);
  }
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535)) {
    throw new BadOptionError(`${port} is not a port (a whole number from 0 to 65535)`);
  }
  return { ...(host !== undefined && { host }), ...(port !== undefined && { port }) };
}

function matches(end: NetworkEnd, { host, port }: Address): boolean {
  if (end.port !== undefined && end.port !== port) return false;
  return end.host === undefined || covers(end.host, host);
}

function textOf({ host = "*", port }: NetworkEnd): string {
  return port === undefined ? host : `${host}:${port}`;
}
