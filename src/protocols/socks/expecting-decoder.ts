import { ByteQueue } from "../../core/byte-queue.ts";
import type { Decoder } from "../decoder.ts";

/**
 * Decodes a dialogue in which the kind of the next message depends on what was said: it must be
 * told by {@link expect}, and after each message anew.
 */
export abstract class ExpectingDecoder<M extends { readonly kind: string }> implements Decoder<M> {
  protected readonly queue: ByteQueue = new ByteQueue();
  #expected: M["kind"] | undefined;

  /** @param first what the first message is. */
  constructor(first: M["kind"]) {
    this.#expected = first;
  }

  /** Takes a message of this kind from the queue, if all of it is there. */
  protected abstract take(kind: M["kind"]): M | undefined;

  /** What the next message is. */
  expect(kind: M["kind"]): void {
    this.#expected = kind;
  }

  push(data: Uint8Array): void {
    this.queue.push(data);
  }

  next(): M | undefined {
    if (this.queue.length === 0 || this.#expected === undefined) return undefined;
    const message = this.take(this.#expected);
    if (message !== undefined) this.#expected = undefined;
    return message;
  }

  takeRest(): Uint8Array {
    return this.queue.takeAll();
  }
}
