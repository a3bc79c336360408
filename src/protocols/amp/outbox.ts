import { Failure } from "../../defer/failure.ts";
import { WriteOverflowError } from "../../reactor/errors.ts";
import type { Transport } from "../../reactor/transport.ts";

/** Told of a question that was held back: it was sent, or will not be. */
export interface Fate {
  sent?(): void;
  refused(reason: Failure): void;
}

/**
 * Boxes on their way out. They are held back while the peer is asked to go over to TLS, or to
 * another protocol: they are for what comes then.
 */
export class Outbox {
  #held: { readonly box: Uint8Array; readonly fate: Fate | undefined }[] | undefined = undefined;
  #heldBytes = 0;

  get holding(): boolean {
    return this.#held !== undefined;
  }

  hold(): void {
    this.#held = [];
  }

  /** What is held counts as what waits to be sent: over the same limit, the connection ends. */
  send(transport: Transport, box: Uint8Array, fate?: Fate): void {
    if (this.#held === undefined) {
      transport.write(box);
      fate?.sent?.();
      return;
    }
    const { maxBufferedBytes } = transport;
    if (this.#heldBytes + box.length <= maxBufferedBytes) {
      this.#heldBytes += box.length;
      this.#held.push({ box, fate });
      return;
    }
    const overflow = new WriteOverflowError(maxBufferedBytes);
    transport.abortConnection(overflow);
    fate?.refused(new Failure(overflow));
  }

  /**
   * Sends what was held back. Where the change was refused, the answers alone: the questions may be
   * secret.
   */
  release(transport: Transport, refusal?: Failure): void {
    for (const { box, fate } of this.#take()) {
      if (refusal !== undefined && fate !== undefined) {
        fate.refused(refusal);
      } else {
        transport.write(box);
        fate?.sent?.();
      }
    }
  }

  #take(): readonly { readonly box: Uint8Array; readonly fate: Fate | undefined }[] {
    const held = this.#held ?? [];
    this.#held = undefined;
    this.#heldBytes = 0;
    return held;
  }
}
