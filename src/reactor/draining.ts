import { Deferred } from "../defer/deferred.ts";
import { succeed } from "../defer/fired.ts";
import type { DelayedCall, ReactorTime } from "./capabilities.ts";
import { SecurableConnection } from "./securable-connection.ts";
import type { StreamConnection } from "./stream-connection.ts";
import type { ListeningPort, StreamAddress } from "./transport.ts";

/** The connections that others have made are to end by themselves, within a time. */
export class Draining {
  readonly #left = new Set<StreamConnection>();
  readonly #seconds: number;
  readonly #clock: Pick<ReactorTime, "callLater">;
  /** Fires with how many are left. */
  readonly #over = new Deferred<number>();
  #begun = false;
  #deadline: DelayedCall | undefined = undefined;
  #recheck: DelayedCall | undefined = undefined;

  /** @param seconds may be Infinity. */
  constructor(
    connections: Iterable<StreamConnection>,
    seconds: number,
    clock: Pick<ReactorTime, "callLater">,
  ) {
    this.#seconds = seconds;
    this.#clock = clock;
    for (const connection of connections) this.entered(connection);
  }

  /** Fires when the ports are closed, and no connection is left, or the time is up. */
  begin(ports: readonly ListeningPort<StreamAddress>[]): Deferred<number> {
    if (this.#seconds < Infinity) {
      this.#deadline = this.#clock.callLater(this.#seconds, () => this.end());
    }
    const closing = ports.map((port) => port.stopListening());
    return closing
      .reduce((all, port) => all.addCallback(() => port), succeed<void>(undefined))
      .addCallback(() => {
        this.#begun = true;
        this.#check();
        return this.#over;
      });
  }

  entered(connection: StreamConnection): void {
    // Those that were made from here may be meant to last.
    const { side } = (connection instanceof SecurableConnection && connection.origin) || {};
    if (side === "server") this.#left.add(connection);
  }

  lost(connection: StreamConnection): void {
    // One whose handshake has ended leaves, and enters again.
    if (this.#left.delete(connection) && !this.#over.called && this.#recheck?.active !== true) {
      this.#recheck = this.#clock.callLater(0, () => this.#check());
    }
  }

  /** Whatever is left, nobody waits any more. */
  end(): undefined {
    for (const call of [this.#deadline, this.#recheck]) if (call?.active === true) call.cancel();
    if (!this.#over.called) this.#over.callback(this.#left.size);
  }

  #check(): void {
    if (this.#begun && this.#left.size === 0) this.end();
  }
}
