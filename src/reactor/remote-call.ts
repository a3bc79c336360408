/** The worker's side of a call, in every kind of worker. */
import { type Chunk, packNumbers } from "../core/chunks.ts";
import { unpackArguments } from "../core/crossing-arguments.ts";
import { ITEMS_LINE, type WorkerLine, WorkerLines } from "../core/call-line.ts";
import { type CurrentCall, inCall, linkOf, place } from "../core/current-call.ts";
import { importFunction, type ImportedFunction } from "../core/import-function.ts";
import { isThenable } from "../core/is-thenable.ts";
import { initialize } from "./initializing.ts";
import { revive } from "./reviving.ts";
import { sendItems, type Sending } from "./sending-items.ts";
import type { CallManner, RemoteFunction } from "./workers.ts";

/** Takes the arguments of a call; returns its result, or a promise of it. */
export type Callee = (args: readonly unknown[]) => unknown;

/**
 * A way to call a function in a manner. The function is loaded by the first call, which waits for
 * it; the others find it, and can return at once.
 */
export function calleeOf(target: RemoteFunction, manner: CallManner): Callee {
  let loaded: Callee | undefined;
  return (args) => {
    if (loaded !== undefined) return loaded(args);
    const { make } = place;
    return importFunction(target).then((exported) => {
      const callee = (loaded = inManner(target.name, exported, manner));
      return inCall(make, () => callee(args));
    });
  };
}

function inManner(name: string, exported: ImportedFunction, manner: CallManner): Callee {
  if (manner === "each") return (args) => callWithEach(exported, args[0] as Chunk);
  if (manner === "spread") {
    return (args) => callWithEach((item) => exported(...(item as [])), args[0] as Chunk);
  }
  if (manner === "extra") return (packed) => callWithExtras(name, exported, packed);
  return (args) => exported(...args);
}

/** Calls it when those of its arguments are made that cross as themselves. */
async function callWithExtras(
  name: string,
  exported: ImportedFunction,
  packed: readonly unknown[],
): Promise<unknown> {
  const make = place.make as () => CurrentCall;
  const { args, extras } = unpackArguments(packed);
  const { revivals, window, initializer, manner = "call" } = extras;
  if (initializer !== undefined) await initialize(initializer, linkOf(make()).thread);
  let lines: WorkerLines | undefined;
  const lineOf = (index: number): WorkerLine => (lines ??= new WorkerLines(make())).line(index);
  for (const { index, connected, ...target } of revivals) {
    args[index] = await revive(target, args[index], connected ? lineOf(index) : undefined, make);
  }
  const callee = inManner(name, exported, manner as CallManner);
  const begin = (): unknown => inCall(make, () => callee(args));
  if (window === undefined) return begin();
  const sending: Sending = { name, call: make(), line: lineOf(ITEMS_LINE), window };
  return sendItems(await begin(), sending);
}

/** Calls it with each item in turn; waits only for what is to be waited for. */
function callWithEach(exported: ImportedFunction, items: Chunk): unknown {
  const results: unknown[] = [];
  for (let i = 0; i < items.length; i++) {
    const result = exported(items[i]);
    if (isThenable(result)) return goOn(exported, items, results, result);
    results.push(result);
  }
  return packNumbers(results);
}

async function goOn(
  exported: ImportedFunction,
  items: Chunk,
  results: unknown[],
  awaited: PromiseLike<unknown>,
): Promise<Chunk> {
  results.push(await awaited);
  while (results.length < items.length) results.push(await exported(items[results.length]));
  return packNumbers(results);
}
