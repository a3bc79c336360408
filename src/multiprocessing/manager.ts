import { Dict, List, Namespace } from "./collections.ts";
import { ManagerShutDownError } from "./errors.ts";
import { type Managed, managed } from "./managed.ts";

/**
 * Has objects that workers share, threads and processes: they live in the reactor's thread, which
 * calls one method after another, so that each is a step that nobody comes between.
 *
 * ```ts
 * import { Manager } from "skein/multiprocessing";
 *
 * class Board {
 *   readonly #scores = new Map<string, number>();
 *
 *   score(who: string, points: number): number {
 *     const sum = (this.#scores.get(who) ?? 0) + points;
 *     this.#scores.set(who, sum);
 *     return sum;
 *   }
 * }
 *
 * const manager = new Manager();
 * const board = manager.host(new Board()); // workers call board.scoreSync("Ada", 1)
 * console.log(await board.score("Ada", 2), board.scoreSync("Ada", 1)); // → 2 3
 * const pages = manager.dict([["/", 1]]);
 * await pages.set("/about", 1);
 * console.log(pages.incrementSync("/")); // → 2
 * manager.shutdown();
 * pages.get("/").addErrback((failure) => console.log(failure.message));
 * // → ManagerShutDownError: the manager that has the object was shut down
 * ```
 *
 * Arguments and results are copied where they cross. A change of what a method has returned changes
 * nothing here: set it again.
 */
export class Manager {
  #open = true;

  /**
   * An object of one's own: its methods can be called by all who get what this returns. What such a
   * call fails with is what the method throws, or its Deferred or promise fails with.
   */
  host<T extends object>(object: T): Managed<T> {
    return managed(object, () => {
      if (!this.#open) throw new ManagerShutDownError();
    });
  }

  /** Python's `dict()`. */
  dict<K, V>(entries: Iterable<readonly [K, V]> = []): Managed<Dict<K, V>> {
    return this.host(new Dict(entries));
  }

  /** Python's `list()`. */
  list<T>(items: Iterable<T> = []): Managed<List<T>> {
    return this.host(new List(items));
  }

  /** Python's `Namespace()`: values by their names. */
  namespace<T extends object>(values: T): Managed<Namespace<T>> {
    return this.host(new Namespace(values));
  }

  /** From now on, whoever calls a method of its objects fails with ManagerShutDownError. */
  shutdown(): void {
    this.#open = false;
  }
}
