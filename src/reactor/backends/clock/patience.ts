/** How long the system of one end believes in a peer that does not answer. */
import type { Timer } from "../../timer-queue.ts";
import { systemError } from "./system-error.ts";

export interface PatienceOptions {
  readonly now: () => number;
  readonly later: (seconds: number, action: () => void) => Timer;
  readonly keepAliveSeconds: number;
  readonly retransmitSeconds: number;
  readonly exhausted: (error: Error) => void;
}

export class Patience {
  readonly #options: PatienceOptions;
  #keepAlive = false;
  /** Since when nothing comes from the peer; undefined while it can be reached. */
  #silentSince: number | undefined = undefined;
  /** Since when it owes an answer. */
  #owesSince: number | undefined = undefined;
  #timer: Timer | undefined = undefined;

  constructor(options: PatienceOptions) {
    this.#options = options;
  }

  /** Whether to ask a silent peer if it is there. */
  setKeepAlive(enabled: boolean): void {
    this.#keepAlive = enabled;
    this.#rearm();
  }

  /** The peer cannot be reached. @param owes whether there is something to answer to. */
  begin(owes: boolean): void {
    this.#silentSince ??= this.#options.now();
    if (owes) this.#owesSince ??= this.#silentSince;
    this.#rearm();
  }

  /** Something was sent. */
  sent(): void {
    if (this.#silentSince === undefined || this.#owesSince !== undefined) return;
    this.#owesSince = this.#options.now();
    this.#rearm();
  }

  /** The peer can be reached, or need not be any more. */
  end(): void {
    this.#silentSince = this.#owesSince = undefined;
    this.#rearm();
  }

  #rearm(): void {
    if (this.#timer?.active === true) this.#timer.cancel();
    const { now, later, keepAliveSeconds, retransmitSeconds } = this.#options;
    // While bytes are sent anew, nobody asks.
    if (this.#owesSince !== undefined) {
      const left = this.#owesSince + retransmitSeconds - now();
      this.#timer = later(Math.max(0, left), () => {
        this.#exhausted(`what was sent was not answered for ${retransmitSeconds} seconds`);
      });
    } else if (this.#silentSince !== undefined && this.#keepAlive) {
      const left = this.#silentSince + keepAliveSeconds - now();
      this.#timer = later(Math.max(0, left), () => {
        this.#exhausted(`keep-alive was not answered for ${keepAliveSeconds} seconds`);
      });
    }
  }

  #exhausted(why: string): void {
    this.end();
    this.#options.exhausted(systemError("ETIMEDOUT", `ETIMEDOUT: ${why}`));
  }
}
