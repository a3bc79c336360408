/** The arguments of a call of which some cross as themselves. */
import { type Crossed, crossesItself, crossing, type Substrate } from "./crossing-object.ts";
import { crossingBegins } from "./thread.ts";

/** Which argument is to be made anew, and by what. */
export interface Revival {
  readonly index: number;
  readonly module: string;
  readonly name: string;
}

export interface PackedArguments {
  /** In the place of each that crosses as itself its data; behind them all, the revivals. */
  readonly args: readonly unknown[];
  readonly transfer: readonly object[] | undefined;
}

/** @throws what the arguments throw that cannot get there. */
export function packArguments(
  args: readonly unknown[],
  substrate: Substrate,
  transfer: readonly object[] | undefined,
): PackedArguments {
  crossingBegins();
  const moved: object[] = [];
  const revivals: Revival[] = [];
  const packed = args.map((argument, index): unknown => {
    if (!crossesItself(argument)) return argument;
    const { module, name, data, transfer: its }: Crossed = argument[crossing](substrate);
    revivals.push({ index, module, name });
    moved.push(...(its ?? []));
    return data;
  });
  return {
    args: [...packed, revivals],
    transfer: moved.length === 0 ? transfer : [...(transfer ?? []), ...moved],
  };
}

/** What was packed: the arguments, with data in the places of those that cross as themselves. */
export function unpackArguments(packed: readonly unknown[]): {
  args: unknown[];
  revivals: readonly Revival[];
} {
  return { args: packed.slice(0, -1), revivals: packed.at(-1) as readonly Revival[] };
}
