/** Calls that are more than a function and plain data: arguments that cross, and their lines. */
import { ITEMS_LINE } from "../core/call-line.ts";
import { type CallExtras, packArguments } from "../core/crossing-arguments.ts";
import type { Crossed, Substrate } from "../core/crossing-object.ts";
import type { Reactor } from "../reactor/capabilities.ts";
import type { WorkerCall } from "../reactor/workers.ts";
import { CallerLines } from "./caller-lines.ts";

/** For a function that gives items: how many may be under way, and who gets them. */
export interface ItemsTaken {
  readonly window: number;
  readonly connect: NonNullable<Crossed["connect"]>;
}

/** What is to go with the arguments. */
export interface PackingOptions extends Omit<CallExtras, "revivals" | "window"> {
  readonly transfer?: readonly object[] | undefined;
  readonly items?: ItemsTaken | undefined;
}

/** What a worker gets, in the manner "extra"; and the lines, if there are any. */
export interface PackedCall extends Pick<WorkerCall, "args" | "transfer"> {
  readonly lines: CallerLines | undefined;
}

/**
 * @param tell sends to the worker, if the call runs.
 * @throws CannotCrossError, or what arguments throw that cross as themselves, and cannot.
 */
export function packCall(
  reactor: Reactor,
  substrate: Substrate,
  args: readonly unknown[],
  { transfer, items, ...others }: PackingOptions,
  tell: (message: unknown) => void,
): PackedCall {
  let lines: CallerLines | undefined;
  const connect = (index: number, end: NonNullable<Crossed["connect"]>): void => {
    lines ??= new CallerLines(reactor, tell);
    lines.add(index, end);
  };
  if (items !== undefined) connect(ITEMS_LINE, items.connect);
  try {
    const packed = packArguments(args, substrate, transfer, connect);
    const { revivals } = packed;
    const extras: CallExtras = { ...others, revivals, ...(items && { window: items.window }) };
    return { args: [...packed.args, extras], transfer: packed.transfer, lines };
  } catch (error) {
    lines?.end();
    throw error;
  }
}
