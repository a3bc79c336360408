import { type Crossed, CrossesItself } from "../core/crossing-object.ts";
import { onThreadEnded } from "../core/thread.ts";
import { crossToProcess } from "./process-twin.ts";
import type { SharedMemory } from "./shared-memory.ts";
import type { Signal } from "./signal.ts";

/** Deals with what a thread has left there that has ended. */
let mendObject: (object: SharedObject, thread: number) => void;

/** Those that others have, too, and that are to be looked after when a thread has ended. */
const shared = new Set<WeakRef<SharedObject>>();
const forget = new FinalizationRegistry<WeakRef<SharedObject>>((ref) => void shared.delete(ref));

onThreadEnded((thread) => {
  for (const ref of shared) {
    const object = ref.deref();
    if (object !== undefined) mendObject(object, thread);
  }
});

/** How an object is made anew in another thread. */
export interface Rebirth {
  /** The module that does it, and its export. */
  readonly module: string;
  readonly name: string;
  /** What crosses, when it does. @throws CannotCrossError */
  data(): unknown;
  /** All that others may wait for. */
  readonly signals: readonly Signal[];
  /** Repairs what a thread has left that has ended. */
  mend?(thread: number): void;
  /** The same object, for a thread that is simulated here; of the data unless this says how. */
  twin?(): object;
}

/**
 * An object in memory that all threads share which have got it. In a process a stand-in has the
 * reactor's thread do everything.
 */
export abstract class SharedObject extends CrossesItself {
  readonly #rebirth: Rebirth;
  #watched = false;

  constructor(memory: SharedMemory, rebirth: Rebirth) {
    super((substrate): Crossed => {
      if (substrate === "processes") return crossToProcess(this, rebirth);
      const data = rebirth.data();
      this.#watch();
      // Those who wait already did not have to listen to other threads until now.
      for (const signal of rebirth.signals) signal.serveSoon();
      return { module: rebirth.module, name: rebirth.name, data };
    });
    this.#rebirth = rebirth;
    if (memory.crossed) this.#watch();
  }

  #watch(): void {
    if (this.#watched) return;
    this.#watched = true;
    const ref = new WeakRef<SharedObject>(this);
    shared.add(ref);
    forget.register(this, ref);
  }

  #mend(thread: number): void {
    this.#rebirth.mend?.(thread);
    // It may have ended between a change and telling of it.
    for (const signal of this.#rebirth.signals) signal.fire();
  }

  static {
    mendObject = (object, thread) => object.#mend(thread);
  }
}
