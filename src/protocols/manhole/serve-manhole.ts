import { BadOptionError } from "../../core/errors.ts";
import type { Deferred } from "../../defer/deferred.ts";
import type { Reactor } from "../../reactor/capabilities.ts";
import type { ListeningPort, UNIXAddress } from "../../reactor/transport.ts";
import { Factory } from "../factory.ts";
import { type ManholeOptions, ManholeProtocol } from "./manhole-protocol.ts";

const MAX_SESSIONS = 5;

/** A manhole behind a UNIX socket, or behind a port and a password. */
export interface ManholeBase extends Omit<ManholeOptions, "password"> {
  /** The most sessions at a time; 5 unless given. */
  maxSessions?: number;
}

export interface UNIXManholeOptions extends ManholeBase {
  /** The socket's file. */
  path: string;
  /** Who may connect, as permissions of the file: 0o600, its owner, unless given. */
  mode?: number;
  /** Beside the permissions; none unless given. */
  password?: string;
}

export interface TCPManholeOptions extends ManholeBase {
  port: number;
  /** The local address to listen on; 127.0.0.1 unless given. */
  interface?: string;
  /** What must be said first. It goes over the network as it is. */
  password: string;
}

/** As a factory, for a port of another kind: of TLS, say. */
export class ManholeFactory extends Factory<ManholeProtocol> {
  readonly #reactor: Reactor;
  readonly #options: ManholeOptions;
  readonly #maxSessions: number;
  #sessions = 0;

  /** @throws BadOptionError */
  constructor(reactor: Reactor, options: ManholeOptions & { maxSessions?: number }) {
    super();
    const { maxSessions = MAX_SESSIONS, ...rest } = options;
    if (rest.password === "") throw new BadOptionError("a password has one character at least");
    if (!(maxSessions >= 1)) {
      throw new BadOptionError(`maxSessions must be 1 or more, not ${maxSessions}`);
    }
    this.#reactor = reactor;
    this.#options = rest;
    this.#maxSessions = maxSessions;
  }

  override buildProtocol(): ManholeProtocol | null {
    if (this.#sessions >= this.#maxSessions) return null;
    this.#sessions++;
    const ended = (): void => void this.#sessions--;
    const Session = class extends ManholeProtocol {
      override connectionLost(...args: Parameters<ManholeProtocol["connectionLost"]>): void {
        ended();
        super.connectionLost(...args);
      }
    };
    return new Session(this.#reactor, this.#options);
  }
}

/**
 * Opens a way into the running program: whoever connects can evaluate JavaScript in it, with the
 * names of a namespace at hand. By default the way is a UNIX socket that its owner alone can open;
 * `nc -U PATH` goes in. A port of TCP needs a password, and is one for telnet clients, with editing
 * of lines, unless `telnet` is false.
 *
 * ```ts
 * import { ClientFactory, Protocol, serveManhole } from "skein/protocols";
 * import { createReactor } from "skein/reactor";
 *
 * const reactor = createReactor("clock");
 * const cups = { brewed: 3 };
 * const opening = serveManhole(reactor, { path: "/run/tea.manhole", namespace: { cups } });
 * opening.addErrback((failure) => console.log(failure.message)); // CannotListenError, say
 *
 * class Operator extends Protocol {
 *   #heard = "";
 *   override connectionMade(): void {
 *     this.transport.write("cups.brewed + 1\nquit\n");
 *   }
 *   override dataReceived(data: Uint8Array): void {
 *     this.#heard += new TextDecoder().decode(data);
 *   }
 *   override connectionLost(): void {
 *     console.log(this.#heard.split("\r\n")[1]);
 *     reactor.stop();
 *   }
 * }
 * opening.addCallback(() => {
 *   reactor.connectUNIX("/run/tea.manhole", ClientFactory.forProtocol(Operator));
 * });
 * await reactor.run(); // → >>> 4
 * ```
 *
 * Whoever is let in can do all that the program can: there is no sandbox, and a loop that does not
 * end stops the whole program, which no other session can prevent.
 *
 * Fires with the port; fails as listenUNIX and listenTCP.
 * @throws BadOptionError for a port without a password, and as listenUNIX and listenTCP.
 */
export function serveManhole(
  reactor: Reactor<"unix">,
  options: UNIXManholeOptions,
): Deferred<ListeningPort<UNIXAddress>>;
export function serveManhole(
  reactor: Reactor<"tcp">,
  options: TCPManholeOptions,
): Deferred<ListeningPort>;
export function serveManhole(
  reactor: Reactor<"tcp"> | Reactor<"unix">,
  options: UNIXManholeOptions | TCPManholeOptions,
): Deferred<ListeningPort<UNIXAddress>> | Deferred<ListeningPort> {
  if ("path" in options) {
    const { path, mode = 0o600, ...rest } = options;
    return (reactor as Reactor<"unix">).listenUNIX(path, new ManholeFactory(reactor, rest), {
      mode,
    });
  }
  const { port, interface: host = "127.0.0.1", ...rest } = options;
  // Who writes no types may leave it out.
  if (typeof rest.password !== "string") {
    throw new BadOptionError("a manhole on a port needs a password; a UNIX socket (path) does not");
  }
  const factory = new ManholeFactory(reactor, { telnet: true, ...rest });
  return (reactor as Reactor<"tcp">).listenTCP(port, factory, { interface: host });
}
