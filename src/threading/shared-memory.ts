/** The memory of an object that several threads have. */
import { currentThread } from "../core/thread.ts";

/** The first words: which memory this is, whether others have it, and one of padding. */
const ID_HIGH = 0;
const ID_LOW = 1;
const CROSSED = 2;
/** The first word that an object may use. */
export const FIRST_WORD = 4;

/** Where the two copies of this module would find each other that a worker may load. */
const KEY = Symbol.for("skein.threading.memory");
const counter: { made: number } = ((globalThis as { [KEY]?: { made: number } })[KEY] ??= {
  made: 0,
});

export class SharedMemory {
  readonly buffer: SharedArrayBuffer;
  readonly words: Int32Array;
  /** The same in all threads, and that of no other: each thread has a buffer object of its own. */
  readonly id: number;

  /** @param made how many bytes; or the memory of an object that there is already. */
  constructor(made: number | SharedArrayBuffer) {
    this.buffer = typeof made === "number" ? new SharedArrayBuffer((made + 7) & ~7) : made;
    this.words = new Int32Array(this.buffer);
    if (typeof made === "number") {
      this.words[ID_HIGH] = currentThread().id;
      this.words[ID_LOW] = counter.made++;
    }
    this.id = (this.words[ID_HIGH] as number) * 2 ** 32 + ((this.words[ID_LOW] as number) >>> 0);
  }

  /** Whether another thread may have it, too. */
  get crossed(): boolean {
    return Atomics.load(this.words, CROSSED) === 1;
  }

  setCrossed(): void {
    Atomics.store(this.words, CROSSED, 1);
  }
}
