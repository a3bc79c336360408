import { Deferred } from "../defer/deferred.ts";
import { succeed } from "../defer/fired.ts";
import type { DelayedCall, ReactorTime } from "../reactor/capabilities.ts";
import type { SiteSocket } from "./site-socket.ts";

/** How long a connection without a request is kept: one may be on its way. */
const GRACE_SECONDS = 1;
/** More than any: all streams that were begun, or are about to be, are answered. */
const STREAM_ID_MAX = 2 ** 31 - 1;

/** How the connections of a site come to their end. */
export class Draining {
  readonly #clock: Pick<ReactorTime, "callLater">;
  readonly #sockets: ReadonlySet<SiteSocket>;
  readonly #waiters: Deferred<void>[] = [];
  readonly #calls = new Set<DelayedCall>();
  #begun = false;
  #graceOver = false;

  constructor(clock: Pick<ReactorTime, "callLater">, sockets: ReadonlySet<SiteSocket>) {
    this.#clock = clock;
    this.#sockets = sockets;
  }

  get begun(): boolean {
    return this.#begun;
  }

  /** Connections are for further requests again. */
  reset(): void {
    this.#begun = this.#graceOver = false;
  }

  /** Fires when no connection is left: after so many seconds at the latest. */
  begin(seconds: number): Deferred<void> {
    const first = !this.#begun;
    this.#begun = true;
    if (this.#sockets.size === 0) return succeed(undefined);
    const waiter = new Deferred<void>();
    this.#waiters.push(waiter);
    this.#after(seconds, () => {
      for (const socket of this.#sockets) socket.destroy();
    });
    if (!first) return waiter;
    for (const socket of this.#sockets) {
      socket.session?.goaway(0, STREAM_ID_MAX);
      socket.announceEnd();
    }
    this.#after(Math.min(GRACE_SECONDS, seconds / 2), () => {
      this.#graceOver = true;
      for (const socket of this.#sockets) this.#end(socket);
    });
    return waiter;
  }

  /** An answer was given, whose connection might be kept. */
  answered(socket: SiteSocket): void {
    if (this.#graceOver) this.#end(socket);
  }

  /** A connection has ended. */
  ended(): void {
    if (this.#sockets.size > 0) return;
    for (const call of this.#calls) if (call.active) call.cancel();
    this.#calls.clear();
    for (const waiter of this.#waiters.splice(0)) if (!waiter.called) waiter.callback();
  }

  #end(socket: SiteSocket): void {
    if (socket.session !== undefined) socket.closeSession();
    else if (socket.idle) socket.linger();
  }

  #after(seconds: number, action: () => void): void {
    if (seconds === Infinity) return;
    this.#calls.add(this.#clock.callLater(seconds, action));
  }
}
