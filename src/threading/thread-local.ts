import { CannotCrossError } from "../core/crossing.ts";
import { CrossesItself } from "../core/crossing-object.ts";

/**
 * A value that each thread has for itself. Make it where a module begins: each worker loads the
 * module, and has its own, which lasts from call to call. It cannot be passed to a worker.
 *
 * ```ts
 * import { ThreadLocal } from "skein/threading";
 *
 * const cache = new ThreadLocal(() => new Map<string, number>());
 * cache.value.set("a", 1);
 * console.log(cache.value.get("a")); // → 1
 * cache.delete();
 * console.log(cache.value.size); // → 0
 * ```
 *
 * The clock's simulated workers share the modules of the reactor's thread, and so its value.
 */
export class ThreadLocal<T> extends CrossesItself {
  readonly #initial: () => T;
  #value: { readonly value: T } | undefined;

  /** @param initial gives the value when it is first asked for; it may fail, and is asked again. */
  constructor(initial: () => T) {
    super(() => {
      throw new CannotCrossError(
        "a ThreadLocal is each thread's own: make it in a module that the worker loads, too",
      );
    });
    this.#initial = initial;
  }

  get value(): T {
    return (this.#value ??= { value: this.#initial() }).value;
  }

  set value(value: T) {
    this.#value = { value };
  }

  /** Whether there is a value already. */
  get present(): boolean {
    return this.#value !== undefined;
  }

  /** Forgets the value of this thread: it is made anew when it is next asked for. */
  delete(): void {
    this.#value = undefined;
  }
}
