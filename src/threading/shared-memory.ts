/** The memory of an object that several threads have. */
import { type CallLink, linkOf, place } from "../core/current-call.ts";
import { maySleep, THREAD } from "../core/thread.ts";

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

/** The thread that objects are made for just now, if that is another one. */
let simulated: number | undefined;

/** Has `make` make objects for a thread that is simulated in this one. */
export function inSimulatedThread<T>(thread: number, make: () => T): T {
  simulated = thread;
  try {
    return make();
  } finally {
    simulated = undefined;
  }
}

export class SharedMemory {
  readonly buffer: SharedArrayBuffer;
  readonly words: Int32Array;
  /** The same in all threads, and that of no other: each thread has a buffer object of its own. */
  readonly id: number;
  /** The thread in which this object of it is used: see {@link THREAD}. */
  readonly thread: number;
  /** The call of a simulated worker that it is used in. */
  readonly #link: CallLink | undefined;

  /** @param made how many words, or what has crossed. */
  constructor(made: number | SharedArrayBuffer) {
    this.buffer = typeof made === "number" ? new SharedArrayBuffer(Math.ceil(made / 2) * 8) : made;
    this.words = new Int32Array(this.buffer);
    if (typeof made === "number") {
      this.words[ID_HIGH] = THREAD;
      this.words[ID_LOW] = counter.made++;
    }
    this.id = (this.words[ID_HIGH] as number) * 2 ** 32 + ((this.words[ID_LOW] as number) >>> 0);
    const link = place.make === undefined ? undefined : linkOf(place.make());
    this.thread = simulated ?? link?.thread ?? THREAD;
    if (link?.thread !== undefined) this.#link = link;
  }

  /** Whether this thread may sleep. */
  get maySleep(): boolean {
    return this.#link === undefined && maySleep();
  }

  /**
   * Somebody waits, until what this returns is called: virtual time goes on meanwhile, as it does
   * not while a simulated worker works.
   */
  waits(): (() => void) | undefined {
    return this.#link?.waits();
  }

  /** Whether another thread may have it, too. */
  get crossed(): boolean {
    return Atomics.load(this.words, CROSSED) === 1;
  }

  /** What crosses of it. */
  cross(): SharedArrayBuffer {
    Atomics.store(this.words, CROSSED, 1);
    return this.buffer;
  }
}
