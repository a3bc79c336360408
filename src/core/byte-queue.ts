const EMPTY = new Uint8Array(0);

/**
 * Bytes that have arrived and are not used up yet, in one piece at any time. Adding to them costs
 * constant time a byte, however they are cut; bytes that are used up chunk by chunk are not copied.
 */
export class ByteQueue {
  #bytes: Uint8Array = EMPTY;
  /** Where what is left begins, and ends. */
  #start = 0;
  #end = 0;
  /** Whether the room behind the end is ours to write into. */
  #ours = false;

  get length(): number {
    return this.#end - this.#start;
  }

  /** What is left. It stays as it is, whatever is done to the queue. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(this.#start, this.#end);
  }

  /** Adds to the end. The bytes are the queue's from now on. */
  push(data: Uint8Array): void {
    if (this.length === 0) {
      this.#become(data);
      return;
    }
    if (!this.#ours || this.#end + data.length > this.#bytes.length) this.#grow(data.length);
    this.#bytes.set(data, this.#end);
    this.#end += data.length;
  }

  /** Puts back in front what was taken. */
  unshift(data: Uint8Array): void {
    if (data.length === 0) return;
    const rest = this.bytes;
    this.#become(data);
    if (rest.length > 0) this.push(rest);
  }

  /** Takes the first `count` bytes, or as many as there are. */
  take(count: number): Uint8Array {
    const start = this.#start;
    this.#start = Math.min(start + count, this.#end);
    return this.#bytes.subarray(start, this.#start);
  }

  /** Forgets the first `count` bytes; there must be so many. */
  drop(count: number): void {
    this.#start += count;
  }

  takeAll(): Uint8Array {
    return this.take(this.length);
  }

  #become(data: Uint8Array): void {
    this.#bytes = data;
    this.#start = 0;
    this.#end = data.length;
    this.#ours = false;
  }

  /** Makes room for `more`, and for as much again: somebody who sends so much sends more. */
  #grow(more: number): void {
    const rest = this.bytes;
    this.#become(new Uint8Array(2 * (rest.length + more)));
    this.#bytes.set(rest);
    this.#end = rest.length;
    this.#ours = true;
  }
}
