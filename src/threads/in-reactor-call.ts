/** What is on the lines between functions of the reactor's thread and their handles in a worker. */
import type { PackedError } from "../core/crossing.ts";

/** A call of a method. */
export interface MethodCall {
  readonly method: string;
  readonly args: readonly unknown[];
  /** By which the answer is told; without it there is none. */
  readonly id?: number;
}

/** How it has ended. */
export type MethodOutcome = { readonly value: unknown } | { readonly error: PackedError };

/** An outcome that nobody blocks for. */
export interface OutcomeTold {
  readonly id: number;
  readonly outcome: MethodOutcome;
}
