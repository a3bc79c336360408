import type { Decoder } from "./decoder.ts";
import { Protocol } from "./protocol.ts";

/**
 * A protocol of frames, as its decoder makes them: the base of LineReceiver and its kin, and of
 * your own.
 *
 * ```ts
 * import { ByteQueue, type Decoder, FramedProtocol } from "skein/protocols";
 * import { StringTransport } from "skein/testing";
 *
 * // Numbers of two bytes.
 * class Numbers implements Decoder<number> {
 *   readonly #queue = new ByteQueue();
 *   push(data: Uint8Array): void {
 *     this.#queue.push(data);
 *   }
 *   next(): number | undefined {
 *     if (this.#queue.length < 2) return undefined;
 *     const [high = 0, low = 0] = this.#queue.take(2);
 *     if (high > 127) throw new RangeError("the peer sent a number that is too large");
 *     return high * 256 + low;
 *   }
 *   takeRest(): Uint8Array {
 *     return this.#queue.takeAll();
 *   }
 * }
 * class Sum extends FramedProtocol<number> {
 *   override readonly decoder = new Numbers();
 *   #sum = 0;
 *   override frameReceived(number: number): void {
 *     console.log((this.#sum += number));
 *   }
 *   override decodingFailed(error: Error): void {
 *     console.log(error.message); // unless overridden, it ends the connection
 *   }
 * }
 * const sum = new Sum();
 * sum.makeConnection(new StringTransport());
 * sum.dataReceived(Uint8Array.of(0, 1, 0));
 * sum.dataReceived(Uint8Array.of(2, 200));
 * sum.dataReceived(Uint8Array.of(0));
 * // → 1
 * // → 3
 * // → the peer sent a number that is too large
 * ```
 *
 * Frames stop coming after loseConnection(), and after pauseProducing() until resumeProducing(),
 * even in the middle of a chunk. Every method may be called from inside frameReceived.
 */
export abstract class FramedProtocol<F> extends Protocol {
  /** It is asked for frames as the connection delivers. */
  abstract readonly decoder: Decoder<F>;
  #paused = false;
  #delivering = false;
  #failed = false;

  /** A whole frame has arrived. */
  abstract frameReceived(frame: F): void;

  /**
   * The peer has sent what is no frame; nothing that it sends is looked at from now on. Called
   * once. Unless overridden, ends the connection, with the error as the reason.
   */
  decodingFailed(error: Error): void {
    this.transport.loseConnection(error);
  }

  /**
   * Gives away what was received and is in no frame yet, and forgets it: for the protocol that
   * comes next, `this.transport.setProtocol(next, this.takeUnread())`. startTLS asks for it too.
   */
  takeUnread(): Uint8Array {
    return this.decoder.takeRest();
  }

  /** Stops the frames; the rest of the present chunk waits too. */
  pauseProducing(): void {
    this.#paused = true;
    this.transport.pauseProducing();
  }

  resumeProducing(): void {
    this.#paused = false;
    this.transport.resumeProducing();
    this.deliver();
  }

  override dataReceived(data: Uint8Array): void {
    if (this.#failed) return;
    this.decoder.push(data);
    this.deliver();
  }

  /** Asks the decoder for frames: to be called when it may have some without new bytes. */
  protected deliver(): void {
    // A call from inside a callback leaves the frames for the loop that is running.
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      while (!this.#paused && !this.#failed && this.transport.connected) {
        const frame = this.#next();
        if (frame === undefined) break;
        this.frameReceived(frame);
      }
    } finally {
      this.#delivering = false;
    }
  }

  #next(): F | undefined {
    try {
      return this.decoder.next();
    } catch (error) {
      this.#failed = true;
      this.decoder.takeRest();
      this.decodingFailed(error as Error);
      return undefined;
    }
  }
}
