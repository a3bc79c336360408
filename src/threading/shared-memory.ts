/** The memory of an object that several threads have. */
import { maySleep, simulatedThread, THREAD } from "../core/thread.ts";

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

/** What crosses of it. */
export interface CrossedMemory {
  readonly buffer: SharedArrayBuffer;
  /** The thread that it comes from. */
  readonly from: number;
  /** The thread it gets to if that is simulated. */
  readonly simulated: number;
}

export class SharedMemory {
  readonly buffer: SharedArrayBuffer;
  readonly words: Int32Array;
  /** The same in all threads, and that of no other: each thread has a buffer object of its own. */
  readonly id: number;
  /** The thread in which this object of it is used: see {@link THREAD}. */
  readonly thread: number = THREAD;

  /** @param made how many words, or what has crossed. */
  constructor(made: number | CrossedMemory) {
    if (typeof made === "number") {
      this.buffer = new SharedArrayBuffer(Math.ceil(made / 2) * 8);
      this.words = new Int32Array(this.buffer);
      this.words[ID_HIGH] = THREAD;
      this.words[ID_LOW] = counter.made++;
    } else {
      this.buffer = made.buffer;
      this.words = new Int32Array(this.buffer);
      // What comes from this very thread has crossed to a simulated worker.
      if (made.from === THREAD) this.thread = made.simulated;
    }
    this.id = (this.words[ID_HIGH] as number) * 2 ** 32 + ((this.words[ID_LOW] as number) >>> 0);
  }

  /** Whether this thread may sleep. */
  get maySleep(): boolean {
    return this.thread === THREAD && maySleep();
  }

  /** Whether another thread may have it, too. */
  get crossed(): boolean {
    return Atomics.load(this.words, CROSSED) === 1;
  }

  cross(): CrossedMemory {
    Atomics.store(this.words, CROSSED, 1);
    return { buffer: this.buffer, from: this.thread, simulated: simulatedThread() };
  }
}
