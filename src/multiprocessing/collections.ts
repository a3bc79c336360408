/** What a {@link Manager} has ready: collections whose every method is one step. */
import { BadOptionError } from "../core/errors.ts";

export class Dict<K, V> {
  readonly #map: Map<K, V>;

  constructor(entries: Iterable<readonly [K, V]>) {
    this.#map = new Map(entries);
  }

  get(key: K): V | undefined {
    return this.#map.get(key);
  }

  set(key: K, value: V): void {
    this.#map.set(key, value);
  }

  /** Returns the value that is there, or, having set that, the one given. */
  setDefault(key: K, value: V): V {
    if (!this.#map.has(key)) this.#map.set(key, value);
    return this.#map.get(key) as V;
  }

  has(key: K): boolean {
    return this.#map.has(key);
  }

  /** Whether it was there. */
  delete(key: K): boolean {
    return this.#map.delete(key);
  }

  /** Takes a value out; undefined if there is none. */
  pop(key: K): V | undefined {
    const value = this.#map.get(key);
    this.#map.delete(key);
    return value;
  }

  update(entries: Iterable<readonly [K, V]>): void {
    for (const [key, value] of entries) this.#map.set(key, value);
  }

  /** Adds to the number that is there, or to 0; returns the sum. */
  increment(this: Dict<K, number>, key: K, difference: number = 1): number {
    const sum = (this.#map.get(key) ?? 0) + difference;
    this.#map.set(key, sum);
    return sum;
  }

  size(): number {
    return this.#map.size;
  }

  clear(): void {
    this.#map.clear();
  }

  keys(): K[] {
    return [...this.#map.keys()];
  }

  values(): V[] {
    return [...this.#map.values()];
  }

  entries(): [K, V][] {
    return [...this.#map];
  }
}

export class List<T> {
  readonly #items: T[];

  constructor(items: Iterable<T>) {
    this.#items = [...items];
  }

  /** Negative indices count from the end. @throws BadOptionError for one that there is not */
  get(index: number): T {
    return this.#items[this.#at(index)] as T;
  }

  /** @throws as get() */
  set(index: number, item: T): void {
    this.#items[this.#at(index)] = item;
  }

  append(item: T): void {
    this.#items.push(item);
  }

  extend(items: Iterable<T>): void {
    for (const item of items) this.#items.push(item);
  }

  /** Before the item that is there; at the end for an index beyond it. */
  insert(index: number, item: T): void {
    this.#items.splice(index, 0, item);
  }

  /** Takes an item out, the last unless told which. @throws as get() */
  pop(index: number = -1): T {
    return this.#items.splice(this.#at(index), 1)[0] as T;
  }

  length(): number {
    return this.#items.length;
  }

  clear(): void {
    this.#items.length = 0;
  }

  slice(start?: number, end?: number): T[] {
    return this.#items.slice(start, end);
  }

  #at(index: number): number {
    const { length } = this.#items;
    const at = index < 0 ? length + index : index;
    if (Number.isInteger(at) && at >= 0 && at < length) return at;
    throw new BadOptionError(`the list has ${length} items, and none at ${index}`);
  }
}

export class Namespace<T extends object> {
  readonly #values: T;

  constructor(values: T) {
    this.#values = { ...values };
  }

  get<K extends keyof T>(name: K): T[K] {
    return this.#values[name];
  }

  set<K extends keyof T>(name: K, value: T[K]): void {
    this.#values[name] = value;
  }

  /** All of them. */
  all(): T {
    return { ...this.#values };
  }
}
