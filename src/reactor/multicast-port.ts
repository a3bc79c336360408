import { BadOptionError, messageOf, type SkeinError } from "../core/errors.ts";
import { isIPv4, isMulticast } from "../core/ip-address.ts";
import type { Deferred } from "../defer/deferred.ts";
import { maybeDeferred } from "../defer/maybe-deferred.ts";
import { DatagramError, MulticastJoinError } from "./datagram-errors.ts";
import { DatagramPort, type DatagramPortParts } from "./datagram-port.ts";
import type { MulticastTransport } from "./datagrams.ts";

/** A UDP port that can take part in groups. */
export class MulticastPort extends DatagramPort implements MulticastTransport {
  // The system does not tell these to Node. They are the same for every new socket.
  #ttl = 1;
  #loopback = true;
  #outgoingInterface: string;

  constructor(parts: DatagramPortParts) {
    super(parts);
    this.#outgoingInterface = isIPv4(this.getHost().host) ? "0.0.0.0" : "::";
  }

  joinGroup(group: string, interfaceAddress?: string): Deferred<void> {
    return this.#changeMembership("join", group, interfaceAddress);
  }

  leaveGroup(group: string, interfaceAddress?: string): Deferred<void> {
    return this.#changeMembership("leave", group, interfaceAddress);
  }

  getTTL(): number {
    return this.#ttl;
  }

  setTTL(ttl: number): void {
    if (!Number.isInteger(ttl) || ttl < 0 || ttl > 255) {
      throw new BadOptionError(`a TTL is a whole number from 0 to 255, not ${ttl}`);
    }
    if (this.open) this.socket.setMulticastTTL(ttl);
    this.#ttl = ttl;
  }

  getLoopbackMode(): boolean {
    return this.#loopback;
  }

  setLoopbackMode(enabled: boolean): void {
    if (this.open) this.socket.setMulticastLoopback(enabled);
    this.#loopback = enabled;
  }

  getOutgoingInterface(): string {
    return this.#outgoingInterface;
  }

  setOutgoingInterface(interfaceAddress: string): Deferred<void> {
    return maybeDeferred(() => {
      if (!this.open) throw new DatagramError("the port is closed", "EBADF");
      const wanted = this.ownFamily(interfaceAddress);
      attempt(
        () => this.socket.setMulticastInterface(wanted),
        (reason, cause) =>
          new DatagramError(`datagrams cannot leave by ${wanted}: ${messageOf(cause)}`, reason, {
            cause,
          }),
      );
      this.#outgoingInterface = wanted;
    });
  }

  #changeMembership(
    change: "join" | "leave",
    group: string,
    interfaceAddress: string | undefined,
  ): Deferred<void> {
    return maybeDeferred(() => {
      const where = interfaceAddress === undefined ? "" : ` on ${interfaceAddress}`;
      const failed = (why: string, reason: string | undefined, cause?: unknown): SkeinError =>
        new MulticastJoinError(`cannot ${change} ${group}${where}: ${why}`, reason, { cause });
      if (!this.open) throw failed("the port is closed", "EBADF");
      const address = this.ownFamily(group);
      const by = interfaceAddress === undefined ? undefined : this.ownFamily(interfaceAddress);
      if (!isMulticast(address)) throw failed("it is not the address of a group", "EINVAL");
      if (by !== undefined && isIPv4(by) !== isIPv4(address)) {
        throw failed("the interface's address is of another family", "EINVAL");
      }
      attempt(
        () => this.socket.changeMembership(change, address, by),
        (reason, cause) => failed(WHY[`${change} ${reason}`] ?? messageOf(cause), reason, cause),
      );
    });
  }
}

/** What the system's codes mean here. */
const WHY: Readonly<Record<string, string>> = {
  "join EADDRINUSE": "the port has joined it already",
  "join ENODEV": "no interface has that address, or none was given and there is no network",
  "leave EADDRNOTAVAIL": "the port has not joined it",
};

/** Tries what the system may refuse, and throws what is made of its error. */
function attempt(
  action: () => void,
  errorFor: (reason: string | undefined, cause: unknown) => SkeinError,
): void {
  try {
    action();
  } catch (error) {
    throw errorFor((error as { code?: string }).code, error);
  }
}
