import assert from "node:assert/strict";
import type { PullProducer, PushProducer } from "../../reactor/producer.ts";
import type { Transport } from "../../reactor/transport.ts";
import type { Probe } from "./probe.ts";
import type { World } from "./world.ts";

export const PIECE: string = "0123456789abcdef".repeat(4096);

/** A producer of a number of pieces that notes what it is told. */
abstract class Noting implements PullProducer {
  /** `pause`, `resume`, `stop`: what it was told. */
  readonly events: string[] = [];
  /** The most that has waited, as seen after each write. */
  mostBuffered = 0;
  protected readonly transport: Transport;
  /** The pieces still to be written. */
  left: number;

  constructor(probe: Probe, pieces: number) {
    this.transport = probe.transport;
    this.left = pieces;
  }

  protected writePiece(): void {
    this.left--;
    this.transport.write(PIECE);
    this.mostBuffered = Math.max(this.mostBuffered, this.transport.bufferedBytes);
    if (this.left === 0) this.transport.unregisterProducer();
  }

  resumeProducing(): void {
    this.events.push("resume");
  }

  stopProducing(): void {
    this.events.push("stop");
    this.left = 0;
  }
}

/** Writes until it is paused, also from inside resumeProducing. */
export class Pusher extends Noting implements PushProducer {
  #paused = false;

  /** Registers it, and begins. */
  begin(): this {
    this.transport.registerProducer(this, true);
    this.go();
    return this;
  }

  go(): void {
    while (this.left > 0 && !this.#paused) this.writePiece();
  }

  pauseProducing(): void {
    this.events.push("pause");
    this.#paused = true;
  }

  override resumeProducing(): void {
    super.resumeProducing();
    this.#paused = false;
    this.go();
  }
}

/** Writes a piece each time it is asked. */
export class Pulled extends Noting {
  begin(): this {
    this.transport.registerProducer(this, false);
    return this;
  }

  /** Never to be called. */
  pauseProducing(): void {
    this.events.push("pause");
  }

  override resumeProducing(): void {
    super.resumeProducing();
    if (this.left > 0) this.writePiece();
  }
}

/** Has so much written that it waits, for a peer that does not read. */
export async function clog(world: World<"tcp">, probe: Probe): Promise<number> {
  const bytes = 12 * 1024 * 1024;
  probe.transport.write(PIECE.repeat(bytes / PIECE.length));
  await world.pass(0.02);
  assert.ok(probe.transport.bufferedBytes > 0, "the system took it all");
  return bytes;
}

/** For the side that does not read until it is told to. */
export function paused(probe: Probe): void {
  probe.onMade = () => probe.transport.pauseProducing();
}
