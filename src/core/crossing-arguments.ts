/** Calls that are more than a function and plain arguments. */
import { type Crossed, crossesItself, crossing, type Substrate } from "./crossing-object.ts";

/** Which argument is to be made anew, and by what. */
export interface Revival {
  readonly index: number;
  readonly module: string;
  readonly name: string;
  /** Whether it has a line to the caller. */
  readonly connected: boolean;
}

/** What goes with the arguments, behind them all. */
export interface CallExtras {
  readonly revivals: readonly Revival[];
  /** What the function gives is sent item by item, and so many may be under way. */
  readonly window?: number;
  /** What the worker calls before its first call. */
  readonly initializer?: Initializer;
  /** What is done with the function, if not just called. */
  readonly manner?: string;
}

/** A function that each worker of a pool calls before its first call. */
export interface Initializer {
  readonly module: string;
  readonly name: string;
  readonly args: readonly unknown[];
  readonly revivals: readonly Revival[];
}

export interface PackedArguments {
  /** In the place of each that crosses as itself its data. */
  readonly args: readonly unknown[];
  readonly revivals: readonly Revival[];
  readonly transfer: readonly object[] | undefined;
}

/**
 * @param connect called for each that has a line.
 * @throws what the arguments throw that cannot get there.
 */
export function packArguments(
  args: readonly unknown[],
  substrate: Substrate,
  transfer: readonly object[] | undefined,
  connect: (index: number, end: NonNullable<Crossed["connect"]>) => void,
): PackedArguments {
  const moved: object[] = [];
  const revivals: Revival[] = [];
  const packed = args.map((argument, index): unknown => {
    if (!crossesItself(argument)) return argument;
    const { module, name, data, transfer: its, connect: end } = argument[crossing](substrate);
    revivals.push({ index, module, name, connected: end !== undefined });
    moved.push(...(its ?? []));
    if (end !== undefined) connect(index, end);
    return data;
  });
  return {
    args: packed,
    revivals,
    transfer: moved.length === 0 ? transfer : [...(transfer ?? []), ...moved],
  };
}

/** The arguments, with data in the places of those that cross as themselves; and the extras. */
export function unpackArguments(packed: readonly unknown[]): {
  args: unknown[];
  extras: CallExtras;
} {
  return { args: packed.slice(0, -1), extras: packed.at(-1) as CallExtras };
}
