/** What the heap asks of its entries. */
export interface HeapEntry {
  /** When it is due, and its rank among those of equal time. */
  time: number;
  order: number;
  /** Where it is in the heap; the heap's to write. */
  index: number;
}

/**
 * A 4-ary heap of entries, by copies of their times and orders: comparing reads those, which lie
 * side by side, and touches no entry. An entry's own time may have moved on since: then its place
 * lags behind until {@link replace} is called for it.
 */
export class TimerHeap<T extends HeapEntry> {
  readonly #entries: T[] = [];
  readonly #times: number[] = [];
  readonly #orders: number[] = [];

  get size(): number {
    return this.#entries.length;
  }

  get top(): T | undefined {
    return this.#entries[0];
  }

  /** Whether the place of the topmost is not the one that its time and order ask for. */
  get topLags(): boolean {
    const top = this.#entries[0];
    return top !== undefined && top.order !== this.#orders[0];
  }

  /** The time by which an entry is placed. */
  timeAt(index: number): number {
    return this.#times[index] as number;
  }

  push(entry: T): void {
    this.#siftUp(this.#entries.length, entry, entry.time, entry.order);
  }

  /** Takes the topmost out. */
  pop(): T | undefined {
    const top = this.#entries[0];
    const last = this.#entries.pop();
    // As it was placed: if it lags, it goes on doing so.
    const time = this.#times.pop() as number;
    const order = this.#orders.pop() as number;
    if (last !== undefined && last !== top) this.#siftDown(0, last, time, order);
    return top;
  }

  /** Puts an entry in the place that its time and order ask for. */
  replace(entry: T): void {
    const { index, time, order } = entry;
    if (time < (this.#times[index] as number)) this.#siftUp(index, entry, time, order);
    else this.#siftDown(index, entry, time, order);
  }

  /** All entries, in no particular order. */
  entries(): readonly T[] {
    return this.#entries;
  }

  /** Keeps the entries that pass. */
  filter(passes: (entry: T) => boolean): void {
    const kept = this.#entries.filter(passes);
    this.#entries.length = this.#times.length = this.#orders.length = 0;
    for (const entry of kept) this.push(entry);
  }

  #siftUp(from: number, entry: T, time: number, order: number): void {
    const times = this.#times;
    const orders = this.#orders;
    let i = from;
    while (i > 0) {
      const parent = (i - 1) >> 2;
      const above = times[parent] as number;
      if (above < time || (above === time && (orders[parent] as number) < order)) break;
      this.#put(i, this.#entries[parent] as T, above, orders[parent] as number);
      i = parent;
    }
    this.#put(i, entry, time, order);
  }

  #siftDown(from: number, entry: T, time: number, order: number): void {
    const times = this.#times;
    const orders = this.#orders;
    const size = times.length;
    let i = from;
    for (;;) {
      let least = i * 4 + 1;
      if (least >= size) break;
      const end = Math.min(least + 4, size);
      let below = times[least] as number;
      for (let child = least + 1; child < end; child++) {
        const other = times[child] as number;
        if (
          other < below ||
          (other === below && (orders[child] as number) < (orders[least] as number))
        ) {
          least = child;
          below = other;
        }
      }
      if (time < below || (time === below && order < (orders[least] as number))) break;
      this.#put(i, this.#entries[least] as T, below, orders[least] as number);
      i = least;
    }
    this.#put(i, entry, time, order);
  }

  #put(index: number, entry: T, time: number, order: number): void {
    this.#entries[index] = entry;
    this.#times[index] = time;
    this.#orders[index] = order;
    entry.index = index;
  }
}
