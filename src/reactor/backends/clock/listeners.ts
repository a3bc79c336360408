/** Who listens on the simulated network, and who waits there to be accepted. */
import { isIPv4 } from "../../../core/ip-address.ts";
import { CannotListenError } from "../../errors.ts";
import type { StreamConnection } from "../../stream-connection.ts";
import type {
  AddressFamily,
  AdoptRequest,
  ListenRequest,
  TCPListenRequest,
  UNIXListenRequest,
} from "../../stream-driver.ts";
import type { StreamAddress } from "../../transport.ts";
import { quoteUNIXName, textOf } from "../../unix-name.ts";
import { addressOf, covers } from "./addresses.ts";
import type { MemoryConnection } from "./memory-connection.ts";
import type { NetworkOptions, Report } from "./network-options.ts";

/** What systemd asks for, within what Linux gives. */
const ADOPTED_BACKLOG = 4096;

export type Accept = (connection: StreamConnection) => void;

/** A connection that its system has made, and its program has not accepted yet. */
interface Waiting {
  readonly connection: MemoryConnection;
  readonly name: string;
  /** The last step of its making was taken. */
  ready: boolean;
}

export class MemoryListener {
  readonly address: StreamAddress;
  readonly report: Report;
  readonly #accept: Accept;
  readonly #backlog: number;
  readonly #options: ListenersOptions;
  #open = true;
  /** At most one more than the backlog. */
  #waiting: Waiting[] = [];

  constructor(
    address: StreamAddress,
    accept: Accept,
    report: Report,
    backlog: number,
    options: ListenersOptions,
  ) {
    this.address = address;
    this.report = report;
    this.#accept = accept;
    this.#backlog = backlog;
    this.#options = options;
  }

  /** Whether nobody more can wait: as on Linux, one more can than was asked for. */
  get full(): boolean {
    return this.#waiting.length > this.#backlog;
  }

  /** Somebody waits; gives what is to be called when they can be accepted. */
  add(connection: MemoryConnection, name: string): () => void {
    const waiting = { connection, name, ready: false };
    this.#waiting.push(waiting);
    return () => {
      waiting.ready = true;
      this.acceptAll();
    };
  }

  /** Accepts all who can be; when it is closed they are refused. */
  acceptAll(): void {
    const { trace, isHeld } = this.#options;
    const isNext = ({ ready, connection }: Waiting): boolean =>
      ready && !(this.#open && isHeld(connection.getHost()));
    const next = this.#waiting.filter(isNext);
    this.#waiting = this.#waiting.filter((waiting) => !isNext(waiting));
    for (const { connection, name } of next) {
      if (this.#open) {
        trace(`accepted ${name}`);
        this.#accept(connection);
      } else {
        connection.reset();
      }
    }
  }

  close(): void {
    this.#open = false;
    this.acceptAll();
  }
}

export interface ListenersOptions extends NetworkOptions {
  readonly freePort: () => number;
  /** Whether the program that listens there hangs, and accepts nobody. */
  readonly isHeld: (address: StreamAddress) => boolean;
}

export class Listeners {
  readonly #options: ListenersOptions;
  readonly #listeners = new Set<MemoryListener>();

  constructor(options: ListenersOptions) {
    this.#options = options;
  }

  [Symbol.iterator](): IterableIterator<MemoryListener> {
    return this.#listeners.values();
  }

  /** @throws CannotListenError */
  open(request: ListenRequest, accept: Accept, report: Report): MemoryListener {
    const address = this.#addressFor(request);
    const backlog = request.kind === "adopted" ? ADOPTED_BACKLOG : request.backlog;
    const listener = new MemoryListener(address, accept, report, backlog, this.#options);
    this.#listeners.add(listener);
    const mode = request.kind === "unix" ? ` mode ${request.mode.toString(8)}` : "";
    this.#options.trace(`listen ${textOf(address)}${mode}`);
    return listener;
  }

  close(listener: MemoryListener): void {
    this.#listeners.delete(listener);
    listener.close();
    this.#options.trace(`closed ${textOf(listener.address)}`);
  }

  /** Whether somebody listens where `host` and `port` would be listened on too. */
  taken(host: string, port: number): boolean {
    return [...this.#listeners].some(
      ({ address }) =>
        address.type === "TCP" &&
        address.port === port &&
        (covers(address.host, host) || covers(host, address.host)),
    );
  }

  at(remote: StreamAddress): MemoryListener | undefined {
    if (remote.type === "UNIX") return this.#on(remote.name);
    return [...this.#listeners].find(
      ({ address }) =>
        address.type === "TCP" && address.port === remote.port && covers(address.host, remote.host),
    );
  }

  #on(name: string): MemoryListener | undefined {
    return [...this.#listeners].find(
      ({ address }) => address.type === "UNIX" && address.name === name,
    );
  }

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
    const where = textOf({ host: name, port: wanted });
    const host = addressOf(name);
    if (host === undefined) throw cannotListen(where, "no such host name", "ENOTFOUND");
    const port = wanted === 0 ? this.#options.freePort() : wanted;
    if (this.taken(host, port)) {
      throw cannotListen(where, "another program listens there", "EADDRINUSE");
    }
    return { type: "TCP", host, port };
  }

  #addressForUNIX({ name }: UNIXListenRequest): StreamAddress {
    if (this.#on(name) === undefined) return { type: "UNIX", name };
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
}

function cannotListen(where: string, why: string, reason: string): CannotListenError {
  return new CannotListenError(`cannot listen on ${where}: ${why}`, reason);
}

function familyOf(address: StreamAddress): AddressFamily {
  if (address.type === "UNIX") return "UNIX";
  return isIPv4(address.host) ? "INET" : "INET6";
}
