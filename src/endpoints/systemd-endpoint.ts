import type { Deferred } from "../defer/deferred.ts";
import { maybeDeferred } from "../defer/maybe-deferred.ts";
import type { Reactor } from "../reactor/capabilities.ts";
import type { AddressFamily } from "../reactor/stream-driver.ts";
import type { ListeningPort, ProtocolFactory, StreamAddress } from "../reactor/transport.ts";
import { AdoptedServerEndpoint } from "./adopted-server-endpoint.ts";
import type { ServerEndpoint } from "./endpoint.ts";
import { SystemdSocketError } from "./errors.ts";

/** The first descriptor that systemd hands over. */
const FIRST_DESCRIPTOR = 3;

/** A process, as far as systemd speaks to it. */
export interface SystemdEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly pid: number;
}

/** Which of the sockets: by its number from 0, or by its FileDescriptorName. */
export type SystemdSocket = { readonly index: number } | { readonly name: string };

/**
 * Accepts connections on a socket that systemd has opened for this process, by a .socket unit.
 *
 * ```ts
 * import { createReactor, Factory, Protocol, SystemdEndpoint } from "skein";
 *
 * const reactor = createReactor("clock", {
 *   descriptors: { 3: { type: "TCP", host: "0.0.0.0", port: 80 } },
 * });
 * const handed = { env: { LISTEN_FDS: "1", LISTEN_PID: "77", LISTEN_FDNAMES: "web" }, pid: 77 };
 * const web = new SystemdEndpoint(reactor, "INET", { name: "web" }, handed);
 * web.listen(Factory.forProtocol(Protocol)).addCallback((port) => {
 *   console.log(port.getHost().type); // → TCP
 * });
 * await reactor.advance(0);
 *
 * const api = new SystemdEndpoint(reactor, "INET", { name: "api" }, handed);
 * api.listen(Factory.forProtocol(Protocol)).addErrback((failure) => {
 *   console.log(failure.message);
 *   // → SystemdSocketError: systemd has handed over no socket called "api", but 1: 0 (web)
 * });
 * ```
 *
 * What was handed over is looked at by listen(), which fails with SystemdSocketError when it is not
 * there, and as {@link AdoptedServerEndpoint}.
 */
export class SystemdEndpoint implements ServerEndpoint {
  readonly #reactor: Reactor<"adopt">;
  readonly #family: AddressFamily;
  readonly #which: SystemdSocket;
  readonly #environment: SystemdEnvironment;
  #adopted: AdoptedServerEndpoint | undefined = undefined;

  /** @param environment that of this process unless given. */
  constructor(
    reactor: Reactor<"adopt">,
    family: AddressFamily,
    which: SystemdSocket,
    environment: SystemdEnvironment = ownEnvironment(),
  ) {
    this.#reactor = reactor;
    this.#family = family;
    this.#which = which;
    this.#environment = environment;
  }

  listen(factory: ProtocolFactory): Deferred<ListeningPort<StreamAddress>> {
    return maybeDeferred(() => {
      this.#adopted ??= new AdoptedServerEndpoint(
        this.#reactor,
        descriptorOf(this.#which, this.#environment),
        this.#family,
      );
      return this.#adopted.listen(factory);
    });
  }
}

/** The one place at which skein looks for what systemd says. In a browser there is nothing. */
function ownEnvironment(): SystemdEnvironment {
  const { process } = globalThis as { process?: SystemdEnvironment };
  return process ?? { env: {}, pid: 0 };
}

/** @throws SystemdSocketError */
function descriptorOf(which: SystemdSocket, { env, pid }: SystemdEnvironment): number {
  const { LISTEN_FDS, LISTEN_PID, LISTEN_FDNAMES = "" } = env;
  if (LISTEN_FDS === undefined) {
    throw new SystemdSocketError(
      "systemd has handed over no sockets (LISTEN_FDS is not set): " +
        "start it by a .socket unit, or by systemd-socket-activate",
    );
  }
  const count = /^\d{1,6}$/.test(LISTEN_FDS) ? Number(LISTEN_FDS) : 0;
  if (count === 0) {
    throw new SystemdSocketError(`systemd has handed over no sockets (LISTEN_FDS=${LISTEN_FDS})`);
  }
  if (LISTEN_PID !== String(pid)) {
    throw new SystemdSocketError(
      `the sockets of systemd are for process ${LISTEN_PID ?? "(LISTEN_PID is not set)"}, ` +
        `and this is process ${pid}: no shell or wrapper may be between`,
    );
  }
  const names = LISTEN_FDNAMES.split(":");
  const sockets = Array.from({ length: count }, (_, index) => names[index] || "unknown");
  const all = sockets.map((name, index) => `${index} (${name})`).join(", ");
  if ("index" in which) {
    if (which.index < count) return FIRST_DESCRIPTOR + which.index;
    throw new SystemdSocketError(
      `systemd has handed over no socket of the number ${which.index}, but ${count}: ${all}`,
    );
  }
  const found = sockets.flatMap((name, index) => (name === which.name ? [index] : []));
  if (found.length === 1) return FIRST_DESCRIPTOR + (found[0] as number);
  throw new SystemdSocketError(
    found.length === 0
      ? `systemd has handed over no socket called "${which.name}", but ${count}: ${all}`
      : `several sockets of systemd are called "${which.name}": choose one by its number: ${all}`,
  );
}
