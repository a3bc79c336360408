import type { Deferred } from "../defer/deferred.ts";
import type { Loop } from "./backend.ts";
import { Draining } from "./draining.ts";
import type { StreamConnection } from "./stream-connection.ts";
import type { CountsTraffic, Traffic } from "./traffic.ts";
import type { ListeningPort, StreamAddress } from "./transport.ts";

/** The connections that a reactor has at present, and an account of those that it had. */
export class OpenConnections implements Iterable<StreamConnection> {
  readonly #loop: Loop;
  readonly #open = new Set<StreamConnection>();
  #draining: Draining | undefined = undefined;
  /** Of those that have ended: the others count for themselves. */
  readonly #ended = { bytesReceived: 0, bytesSent: 0 };

  constructor(loop: Loop) {
    this.#loop = loop;
  }

  get size(): number {
    return this.#open.size;
  }

  [Symbol.iterator](): IterableIterator<StreamConnection> {
    return this.#open.values();
  }

  add(connection: StreamConnection): void {
    this.#open.add(connection);
    this.#draining?.entered(connection);
    this.#loop.enter(connection);
  }

  delete(connection: StreamConnection): void {
    this.#loop.leave(connection);
    this.#open.delete(connection);
    this.#draining?.lost(connection);
  }

  /** It has ended, and not only left: its bytes are added to the account. */
  ended(connection: StreamConnection): void {
    if (!this.#open.has(connection)) return;
    addTraffic(this.#ended, connection);
    this.delete(connection);
  }

  traffic(): Traffic {
    const traffic = { ...this.#ended };
    for (const connection of this.#open) addTraffic(traffic, connection);
    return traffic;
  }

  /** Closes these ports, and waits for the end of what came by them; see `Driver.drain`. */
  drain(ports: readonly ListeningPort<StreamAddress>[], seconds: number): Deferred<number> {
    this.#draining = new Draining(this.#open, seconds, this.#loop);
    return this.#draining.begin(ports);
  }

  /** Nobody waits any more. */
  endDraining(): void {
    this.#draining = this.#draining?.end();
  }
}

function addTraffic(sum: { -readonly [K in keyof Traffic]: number }, of: StreamConnection): void {
  const { bytesReceived = 0, bytesSent = 0 } = (of as Partial<CountsTraffic>).traffic?.() ?? {};
  sum.bytesReceived += bytesReceived;
  sum.bytesSent += bytesSent;
}
