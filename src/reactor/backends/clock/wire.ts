/** One direction of a connection: what is put in comes out later, in order, or is held. */
import { Fifo } from "../../../core/fifo.ts";

export interface WireOptions {
  readonly now: () => number;
  readonly later: (seconds: number, action: () => void) => void;
  /** How long the next thing is under way. */
  readonly latency: () => number;
  /** Bytes per second. */
  readonly bandwidth: number;
  readonly trace: (event: string) => void;
}

/**
 * What goes by a wire. Data, an end of data among them, is sent anew until it has arrived: it can
 * be held up, not lost. So is what the systems tell one another: that bytes were read, or that a
 * handshake is complete. A reset is sent once.
 */
export type Cargo = "data" | "word" | "reset";

interface Packet {
  readonly cargo: Cargo;
  readonly arrive: () => void;
  /** Its time has come; it may still have to wait for those before it. */
  due: boolean;
}

export class Wire {
  readonly #options: WireOptions;
  /** Under way, in order. At most as many as there are bytes in a window, and some. */
  readonly #packets = new Fifo<Packet>();
  #unanswered = 0;
  /** When all that was put in has left. */
  #freeAt = 0;
  /** When the last of it arrives. */
  #arrivesAt = 0;
  #blocked = false;

  constructor(options: WireOptions) {
    this.#options = options;
  }

  /** How much is under way that the peer would answer to. */
  get unanswered(): number {
    return this.#unanswered;
  }

  /** Nothing comes out while it is blocked. */
  get blocked(): boolean {
    return this.#blocked;
  }

  set blocked(blocked: boolean) {
    if (blocked === this.#blocked) return;
    this.#blocked = blocked;
    // What was held is sent once more.
    const { later, latency } = this.#options;
    if (!blocked && this.#packets.peek()?.due === true) later(latency(), () => this.#deliver());
  }

  /** Takes `bytes` bytes to the other end, and calls `arrive` there, in a happening of its own. */
  carry(bytes: number, cargo: Cargo, arrive: () => void): void {
    const { now: seconds, later, latency, bandwidth } = this.#options;
    const now = seconds();
    this.#freeAt = Math.max(this.#freeAt, now) + bytes / bandwidth;
    let delay = this.#freeAt - now + latency();
    if (now + delay < this.#arrivesAt) delay = this.#arrivesAt - now;
    else this.#arrivesAt = now + delay;
    const packet = { cargo, arrive, due: false };
    this.#packets.push(packet);
    if (cargo === "data") this.#unanswered++;
    later(delay, () => {
      packet.due = true;
      if (this.#blocked) this.#hold(packet);
      else this.#deliver();
    });
  }

  /** What is under way is lost, but for what the two systems have told one another. */
  clear(): void {
    for (let left = this.#packets.length; left > 0; left--) {
      const packet = this.#packets.shift() as Packet;
      if (packet.cargo === "word") this.#packets.push(packet);
    }
    this.#unanswered = 0;
  }

  #hold(packet: Packet): void {
    if (packet.cargo !== "reset") {
      if (this.#packets.peek() === packet) this.#options.trace("held");
      return;
    }
    // Who has sent it sends nothing anew.
    this.#options.trace("lost");
    this.clear();
  }

  /** Sums of seconds are not exact, so that a packet may be due a moment before the one ahead. */
  #deliver(): void {
    const first = this.#packets.peek();
    if (this.#blocked || first?.due !== true) return;
    this.#packets.shift();
    if (first.cargo === "data") this.#unanswered--;
    if (this.#packets.peek()?.due === true) this.#options.later(0, () => this.#deliver());
    first.arrive();
  }
}
