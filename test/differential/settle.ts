/**
 * Makes a program of what was generated: labels handlers, numbers values and errors (no two are
 * alike, so that a trace tells which is where), assigns slots to the Deferreds that are made, and
 * brings all references to slots into the range of those that there are.
 */
import { OPERATIONS } from "./operations/index.ts";
import type { Program, Step } from "./program.ts";

/** Refers to the last of the slots. */
export const LAST = -1;

/** Refers to a plain slot. */
export const plainSlot = (slot: number): number => LAST - 1 - slot;

export function settle(raw: Program): Program {
  const settler = new Settler(raw);
  // What refers to slots comes last: the number of slots must be known.
  const numbered = settler.number(raw) as Program;
  return settler.refer(numbered) as Program;
}

class Settler {
  readonly #plain: number;
  #made = 0;
  #labels = 0;
  #numbers = 0;

  constructor(raw: Program) {
    this.#plain = raw.plain.length;
  }

  number(node: unknown): unknown {
    if (Array.isArray(node)) return node.map((item) => this.number(item));
    if (typeof node !== "object" || node === null) return node;
    return mapFields(node, (key, value) => {
      if (key === "label") return this.#labels++;
      if (key === "n") return ++this.#numbers;
      if (key === "into") return this.#plain + this.#made++;
      return this.number(value);
    });
  }

  refer(node: unknown): unknown {
    if (Array.isArray(node)) return node.map((item) => this.refer(item));
    if (typeof node !== "object" || node === null) return node;
    const onlyPlain = "op" in node ? OPERATIONS[(node as Step).op]?.plain : undefined;
    const all = this.#plain + this.#made;
    return mapFields(node, (key, value) => {
      if (key === "all") return (value as number[]).map((slot) => this.#slot(slot, all));
      if (key !== "on" && key !== "to" && key !== "slot") return this.refer(value);
      const count = onlyPlain?.includes(key as "on") ? this.#plain : all;
      return this.#slot(value as number, count);
    });
  }

  #slot(reference: number, count: number): number {
    if (reference === LAST) return count - 1;
    return reference < LAST ? plainSlot(reference) % this.#plain : reference % count;
  }
}

function mapFields(node: object, change: (key: string, value: unknown) => unknown): object {
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, change(key, value)]));
}
