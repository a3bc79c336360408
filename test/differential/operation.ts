/** What an entry in the table of operations says. */
import type fc from "fast-check";
import type { Machine } from "./machine.ts";
import type { Body, Give, Handler, Step } from "./program.ts";
import type { Printer } from "./printer.ts";

/** What the fields of a step are made of. Slots and numbers are settled afterwards. */
export interface Parts {
  readonly slot: fc.Arbitrary<number>;
  readonly handler: fc.Arbitrary<Handler>;
  readonly body: fc.Arbitrary<Body>;
  /** What callback() can be given. */
  readonly value: fc.Arbitrary<Give>;
  /** What can be put into a queue. */
  readonly item: fc.Arbitrary<Give>;
  /** What errback() can be given. */
  readonly error: fc.Arbitrary<Give>;
}

/** Operations that belong together. The basic ones are in every program. */
export type Family = "basic" | "coroutines" | "lists" | "locks" | "queues" | "timeouts";

export interface Operation {
  readonly family: Family;
  /** How often it is wanted, compared with the others. */
  readonly weight: number;
  /** Whether it makes a Deferred. */
  readonly makes?: true;
  /** Slots that must be plain: nobody else may fire, or hold back, what an operation made. */
  readonly plain?: readonly ("on" | "to")[];
  fields(parts: Parts): { [K in keyof Step]?: fc.Arbitrary<Step[K]> };
  run(step: Step, machine: Machine): void;
  /** Prints it by the printer, for either language. */
  print(step: Step, printer: Printer): void;
}
