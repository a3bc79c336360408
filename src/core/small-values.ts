/**
 * Small plain values as bytes in a fixed place: what crosses to a worker by shared memory.
 *
 * They come out as a structured clone would have them. What does not fit, or is no plain value, is
 * refused, and its writer takes the slower way, which copies anything that can be copied.
 */

const UNDEFINED = 0;
const NULL = 1;
const FALSE = 2;
const TRUE = 3;
const INTEGER = 4;
const NUMBER = 5;
/** A string whose characters take a byte each, after a byte for its length. */
const STRING = 6;
/** After a byte for the number of its items. */
const ARRAY = 7;
/** After a byte for the number of its properties: names and values by turns. */
const OBJECT = 8;

const DEPTH_MAX = 8;
const BYTE_MAX = 255;

/** A place in memory, written and read from its beginning. */
export class SmallValues {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #start: number;
  readonly #end: number;
  #at = 0;
  /** What has been written: what comes twice is one thing in a structured clone. */
  readonly #seen: object[] = [];

  constructor(memory: SharedArrayBuffer | ArrayBuffer, start: number, bytes: number) {
    this.#bytes = new Uint8Array(memory);
    this.#view = new DataView(memory);
    this.#start = start;
    this.#end = start + bytes;
  }

  /** Writes a value; false if it has to go another way. */
  write(value: unknown): boolean {
    this.#at = this.#start;
    this.#seen.length = 0;
    return this.#write(value, 0);
  }

  /** How many bytes the last value took. */
  get length(): number {
    return this.#at - this.#start;
  }

  /** What was written last. */
  read(): unknown {
    this.#at = this.#start;
    return this.#read();
  }

  #write(value: unknown, depth: number): boolean {
    // Enough for the longest value that has a fixed length.
    if (this.#at + 9 > this.#end) return false;
    const bytes = this.#bytes;
    switch (typeof value) {
      case "undefined":
        bytes[this.#at++] = UNDEFINED;
        return true;
      case "boolean":
        bytes[this.#at++] = value ? TRUE : FALSE;
        return true;
      case "number":
        this.#writeNumber(value);
        return true;
      case "string":
        return this.#writeString(value);
      case "object":
        if (value === null) {
          bytes[this.#at++] = NULL;
          return true;
        }
        if (depth === DEPTH_MAX || this.#seen.includes(value)) return false;
        this.#seen.push(value);
        return Array.isArray(value)
          ? this.#writeArray(value, depth)
          : this.#writeObject(value, depth);
      default:
        return false;
    }
  }

  #writeNumber(value: number): void {
    if ((value | 0) === value && !Object.is(value, -0)) {
      this.#bytes[this.#at] = INTEGER;
      this.#view.setInt32(this.#at + 1, value);
      this.#at += 5;
    } else {
      this.#bytes[this.#at] = NUMBER;
      this.#view.setFloat64(this.#at + 1, value);
      this.#at += 9;
    }
  }

  #writeString(value: string): boolean {
    const { length } = value;
    if (length > BYTE_MAX || this.#at + 2 + length > this.#end) return false;
    const bytes = this.#bytes;
    let at = this.#at;
    bytes[at++] = STRING;
    bytes[at++] = length;
    for (let i = 0; i < length; i++) {
      const unit = value.charCodeAt(i);
      if (unit > BYTE_MAX) return false;
      bytes[at++] = unit;
    }
    this.#at = at;
    return true;
  }

  #writeArray(value: readonly unknown[], depth: number): boolean {
    const { length } = value;
    // A hole, or a property beside the items, is for the slower way.
    if (length > BYTE_MAX || this.#at + 2 + length > this.#end) return false;
    if (Object.keys(value).length !== length) return false;
    this.#bytes[this.#at++] = ARRAY;
    this.#bytes[this.#at++] = length;
    for (let i = 0; i < length; i++) {
      if (!this.#write(value[i], depth + 1)) return false;
    }
    return true;
  }

  #writeObject(value: object, depth: number): boolean {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) return false;
    const keys = Object.keys(value);
    if (keys.length > BYTE_MAX) return false;
    this.#bytes[this.#at++] = OBJECT;
    this.#bytes[this.#at++] = keys.length;
    for (const key of keys) {
      // To set it would change the prototype of the copy.
      if (key === "__proto__" || this.#at + 2 > this.#end) return false;
      if (!this.#writeString(key)) return false;
      if (!this.#write((value as Record<string, unknown>)[key], depth + 1)) return false;
    }
    return true;
  }

  #read(): unknown {
    const bytes = this.#bytes;
    switch (bytes[this.#at++]) {
      case NULL:
        return null;
      case FALSE:
        return false;
      case TRUE:
        return true;
      case INTEGER:
        this.#at += 4;
        return this.#view.getInt32(this.#at - 4);
      case NUMBER:
        this.#at += 8;
        return this.#view.getFloat64(this.#at - 8);
      case STRING:
        return this.#readString();
      case ARRAY: {
        const length = bytes[this.#at++] as number;
        const items: unknown[] = [];
        for (let i = 0; i < length; i++) items.push(this.#read());
        return items;
      }
      case OBJECT: {
        const object: Record<string, unknown> = {};
        for (let left = bytes[this.#at++] as number; left > 0; left--) {
          this.#at++;
          const key = this.#readString();
          object[key] = this.#read();
        }
        return object;
      }
      default:
        return undefined;
    }
  }

  #readString(): string {
    const bytes = this.#bytes;
    const end = this.#at + 1 + (bytes[this.#at++] as number);
    let text = "";
    while (this.#at < end) text += String.fromCharCode(bytes[this.#at++] as number);
    return text;
  }
}
