import { syncBuiltinESMExports } from "node:module";

// oxlint-disable-next-line no-explicit-any -- whatever it is that is replaced
type AnyFunction = (this: any, ...args: any[]) => any;

/** Properties of other people's objects that were replaced, and the way back. */
export class Patches {
  readonly #undo: (() => void)[] = [];

  /**
   * Replaces a method, or a class, by what `make` makes of it; nothing happens where this version
   * of Node has none. The new function has the old one's name and length.
   */
  method<F extends AnyFunction>(
    owner: object,
    name: PropertyKey,
    make: (real: F) => unknown,
  ): void {
    // First: some getters replace themselves.
    const before = Object.getOwnPropertyDescriptor(owner, name);
    const real: unknown = Reflect.get(owner, name);
    if (typeof real !== "function") return;
    const made = make(real as F) as F;
    // A proxy has them already.
    if (made.name !== real.name) {
      Object.defineProperty(made, "name", { value: real.name, configurable: true });
      Object.defineProperty(made, "length", { value: real.length, configurable: true });
    }
    this.#define(owner, name, before, { value: made, writable: true });
  }

  /** Replaces a getter. */
  getter(owner: object, name: PropertyKey, make: (real: () => unknown) => () => unknown): void {
    const before = Object.getOwnPropertyDescriptor(owner, name);
    const real: unknown = Reflect.get(before ?? {}, "get");
    if (typeof real !== "function") return;
    this.#define(owner, name, before, { get: make(real as () => unknown) });
  }

  /** Has the named imports of Node's modules see what was replaced. */
  publish(): void {
    syncBuiltinESMExports();
  }

  restore(): void {
    for (const undo of this.#undo.splice(0).reverse()) undo();
    this.publish();
  }

  #define(
    owner: object,
    name: PropertyKey,
    before: PropertyDescriptor | undefined,
    attributes: PropertyDescriptor,
  ): void {
    // A getter that cannot be replaced gives what is replaced elsewhere.
    if (before?.configurable === false && before.writable !== true) return;
    const enumerable = before?.enumerable ?? false;
    Object.defineProperty(owner, name, { ...attributes, enumerable, configurable: true });
    this.#undo.push(() => {
      if (before === undefined) Reflect.deleteProperty(owner, name);
      else Object.defineProperty(owner, name, before);
    });
  }
}
