/**
 * The items of a queue, in pages of shared memory. All that is called here is called by one thread
 * at a time, which may be ended anywhere in the middle. What counts is therefore one word: an item
 * is in the queue if the state of its first page says so, which is written last, and taken back
 * first. The lists, and what is free, can be made again from these alone: {@link repair}.
 *
 * ```
 *   page: state, bytes of the item, next page of the item, next item, priority, number │ its bytes
 * ```
 */

/** In which order items are got. */
export const FIRST_IN = 0;
export const LAST_IN = 1;
export const LOWEST = 2;
export type Order = typeof FIRST_IN | typeof LAST_IN | typeof LOWEST;

// The words of the header, after those that are there already.
const ORDER = 0;
const PAGES = 1;
/** The items there are. */
const SIZE = 2;
/** The items that were put, and of which nobody has said that they are done with. */
const UNFINISHED = 3;
/** The first item of the list, and the last; pages are counted from 1. */
const HEAD = 4;
const TAIL = 5;
/** The first of the free pages, and how many there are. */
const FREE = 6;
const FREE_PAGES = 7;
/** How many items there have been: two words, for a number that does not come round. */
const COUNT = 8;
const HEADER_WORDS = 10;

// The words of a page.
const STATE = 0;
const LENGTH = 1;
const NEXT_PAGE = 2;
const NEXT_ITEM = 3;
const PRIORITY = 4;
const NUMBER = 6;
const PAGE_HEADER_WORDS = 8;
const PAGE_WORDS = 40;
/** How many bytes of an item a page holds. */
const PAGE_BYTES: number = (PAGE_WORDS - PAGE_HEADER_WORDS) * 4;

const QUEUED = 1;

/** How many words so many bytes for items take, with all that belongs to them. */
export function wordsFor(bytes: number, order: Order): number {
  const pages = pagesFor(bytes);
  return HEADER_WORDS + (order === LOWEST ? pages + (pages % 2) : 0) + pages * PAGE_WORDS;
}

function pagesFor(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / PAGE_BYTES));
}

export class QueueMemory {
  readonly #words: Int32Array;
  readonly #numbers: Float64Array;
  readonly #bytes: Uint8Array;
  readonly #first: number;
  readonly #order: Order;
  readonly #pages: number;
  /** Where the heap of the items is, by priority, and where the pages are. */
  readonly #heap: number;
  readonly #firstPage: number;

  /** @param firstWord an even one. `made`: what it is to be, unless it is that already. */
  constructor(words: Int32Array, firstWord: number, made?: { bytes: number; order: Order }) {
    this.#words = words;
    this.#numbers = new Float64Array(words.buffer);
    this.#bytes = new Uint8Array(words.buffer);
    this.#first = firstWord;
    if (made !== undefined) {
      this.#set(ORDER, made.order);
      this.#set(PAGES, pagesFor(made.bytes));
    }
    this.#order = this.#get(ORDER) as Order;
    this.#pages = this.#get(PAGES);
    this.#heap = firstWord + HEADER_WORDS;
    const heapWords = this.#order === LOWEST ? this.#pages + (this.#pages % 2) : 0;
    this.#firstPage = this.#heap + heapWords;
    if (made !== undefined) this.repair();
  }

  get size(): number {
    return Atomics.load(this.#words, this.#first + SIZE);
  }

  get unfinished(): number {
    return Atomics.load(this.#words, this.#first + UNFINISHED);
  }

  set unfinished(count: number) {
    Atomics.store(this.#words, this.#first + UNFINISHED, count);
  }

  /** The most bytes that an item may have. */
  get bytesMax(): number {
    return this.#pages * PAGE_BYTES;
  }

  /** Adds an item; false if there is no room for it. */
  add(item: Uint8Array, priority: number): boolean {
    const needed = pagesFor(item.length);
    if (needed > this.#get(FREE_PAGES)) return false;
    const page = this.#get(FREE);
    let last = page;
    for (let at = 0, left = needed; ; at += PAGE_BYTES) {
      const part = needed === 1 ? item : item.subarray(at, at + PAGE_BYTES);
      this.#bytes.set(part, (this.#at(last) + PAGE_HEADER_WORDS) * 4);
      if (--left === 0) break;
      last = this.#words[this.#at(last) + NEXT_PAGE] as number;
    }
    const words = this.#words;
    this.#set(FREE, words[this.#at(last) + NEXT_PAGE] as number);
    this.#set(FREE_PAGES, this.#get(FREE_PAGES) - needed);
    words[this.#at(last) + NEXT_PAGE] = 0;
    const at = this.#at(page);
    const count = (this.#first + COUNT) / 2;
    const number = this.#numbers[count] as number;
    this.#numbers[count] = number + 1;
    this.#numbers[(at + PRIORITY) / 2] = priority;
    this.#numbers[(at + NUMBER) / 2] = number;
    words[at + LENGTH] = item.length;
    // Nothing is called between these two: a thread is ended at calls, and in loops.
    const unfinished = this.#first + UNFINISHED;
    words[unfinished] = (words[unfinished] as number) + 1;
    words[at + STATE] = QUEUED;
    this.#enter(page);
    return true;
  }

  /** Takes out the next item; there must be one. */
  take(): Uint8Array {
    const page = this.#order === LOWEST ? (this.#words[this.#heap] as number) : this.#get(HEAD);
    const item = this.#read(page);
    this.#words[this.#at(page) + STATE] = 0;
    this.#leave(page);
    this.#release(page);
    return item;
  }

  /** Drops all items; returns how many. */
  clear(): number {
    const { size } = this;
    for (let page = 1; page <= this.#pages; page++) this.#words[this.#at(page) + STATE] = 0;
    this.repair();
    return size;
  }

  /** Makes the lists again, of the items whose states say that they are in the queue. */
  repair(): void {
    const words = this.#words;
    const used = new Set<number>();
    const items: number[] = [];
    for (let page = 1; page <= this.#pages; page++) {
      if (words[this.#at(page) + STATE] !== QUEUED) continue;
      items.push(page);
      for (let at = page; at !== 0; at = words[this.#at(at) + NEXT_PAGE] as number) used.add(at);
    }
    this.#set(FREE, 0);
    this.#set(FREE_PAGES, 0);
    for (let page = this.#pages; page > 0; page--) if (!used.has(page)) this.#giveBack(page);
    for (const field of [SIZE, HEAD, TAIL]) this.#set(field, 0);
    // What was put first is entered first; of equal priorities, too.
    items.sort((a, b) => this.#number(a) - this.#number(b));
    for (const page of items) this.#enter(page);
  }

  // --- pages ---

  #read(page: number): Uint8Array {
    const length = this.#words[this.#at(page) + LENGTH] as number;
    const item = new Uint8Array(length);
    let from = page;
    for (let at = 0; at < length; at += PAGE_BYTES) {
      const start = (this.#at(from) + PAGE_HEADER_WORDS) * 4;
      const end = start + Math.min(PAGE_BYTES, length - at);
      item.set(this.#bytes.subarray(start, end), at);
      from = this.#words[this.#at(from) + NEXT_PAGE] as number;
    }
    return item;
  }

  #release(page: number): void {
    for (let at = page; at !== 0;) {
      const next = this.#words[this.#at(at) + NEXT_PAGE] as number;
      this.#giveBack(at);
      at = next;
    }
  }

  #giveBack(page: number): void {
    this.#words[this.#at(page) + NEXT_PAGE] = this.#get(FREE);
    this.#set(FREE, page);
    this.#set(FREE_PAGES, this.#get(FREE_PAGES) + 1);
  }

  // --- the order of items ---

  #enter(page: number): void {
    const size = this.#get(SIZE);
    if (this.#order === LOWEST) {
      this.#words[this.#heap + size] = page;
      this.#rise(size);
    } else if (this.#order === LAST_IN) {
      this.#words[this.#at(page) + NEXT_ITEM] = this.#get(HEAD);
      this.#set(HEAD, page);
    } else {
      this.#words[this.#at(page) + NEXT_ITEM] = 0;
      const tail = this.#get(TAIL);
      if (tail === 0) this.#set(HEAD, page);
      else this.#words[this.#at(tail) + NEXT_ITEM] = page;
      this.#set(TAIL, page);
    }
    Atomics.store(this.#words, this.#first + SIZE, size + 1);
  }

  /** Takes out the next one. */
  #leave(page: number): void {
    const size = this.#get(SIZE) - 1;
    Atomics.store(this.#words, this.#first + SIZE, size);
    if (this.#order === LOWEST) {
      this.#words[this.#heap] = this.#words[this.#heap + size] as number;
      this.#sink(size);
      return;
    }
    const next = this.#words[this.#at(page) + NEXT_ITEM] as number;
    this.#set(HEAD, next);
    if (next === 0) this.#set(TAIL, 0);
  }

  #rise(index: number): void {
    const heap = this.#heap;
    const words = this.#words;
    for (let at = index; at > 0;) {
      const parent = (at - 1) >> 1;
      if (!this.#before(words[heap + at] as number, words[heap + parent] as number)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #sink(size: number): void {
    const heap = this.#heap;
    const words = this.#words;
    for (let at = 0; ;) {
      let least = 2 * at + 1;
      if (least >= size) return;
      const right = least + 1;
      if (
        right < size &&
        this.#before(words[heap + right] as number, words[heap + least] as number)
      )
        least = right;
      if (!this.#before(words[heap + least] as number, words[heap + at] as number)) return;
      this.#swap(at, least);
      at = least;
    }
  }

  #swap(a: number, b: number): void {
    const words = this.#words;
    const kept = words[this.#heap + a] as number;
    words[this.#heap + a] = words[this.#heap + b] as number;
    words[this.#heap + b] = kept;
  }

  #before(a: number, b: number): boolean {
    const first = this.#numbers[(this.#at(a) + PRIORITY) / 2] as number;
    const second = this.#numbers[(this.#at(b) + PRIORITY) / 2] as number;
    return first === second ? this.#number(a) < this.#number(b) : first < second;
  }

  #number(page: number): number {
    return this.#numbers[(this.#at(page) + NUMBER) / 2] as number;
  }

  // --- words ---

  #at(page: number): number {
    return this.#firstPage + (page - 1) * PAGE_WORDS;
  }

  #get(field: number): number {
    return this.#words[this.#first + field] as number;
  }

  #set(field: number, value: number): void {
    this.#words[this.#first + field] = value;
  }
}
