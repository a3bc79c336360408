import { ITEMS_LINE } from "../core/call-line.ts";
import { CannotCrossError } from "../core/crossing.ts";
import { type CallExtras, type Initializer, packArguments } from "../core/crossing-arguments.ts";
import { type Crossed, crossesItself, type Substrate } from "../core/crossing-object.ts";
import type { Canceller } from "../defer/canceller.ts";
import type { Reactor } from "../reactor/capabilities.ts";
import type { CallManner, RemoteFunction } from "../reactor/workers.ts";
import { CallerLines } from "./caller-lines.ts";
import { type CallOptions, PoolCall } from "./pool-call.ts";

/** Where calls are made. */
export interface Maker {
  readonly reactor: Reactor;
  readonly substrate: Substrate;
  readonly canceller: Canceller<unknown>;
  /** What each worker calls first. */
  readonly initializer: Initializer | undefined;
}

let pools = 0;

/** Twisted's threads share their memory, and call any function. */
function assertHandle(target: unknown): void {
  if (typeof target !== "function") return;
  throw new CannotCrossError(
    `the function ${target.name || "given"} cannot cross to a worker, which shares no code with ` +
      "this thread: export it from a module, and take its handle from worker(url); or make it a " +
      "handle by inline(), of skein/threads/inline",
  );
}

/** @throws CannotCrossError, or what arguments throw that cross as themselves */
export function makeInitializer(
  [f, ...given]: readonly [RemoteFunction, ...unknown[]],
  substrate: Substrate,
): Initializer {
  const { args, revivals } = packArguments(given, substrate, undefined, (index) => {
    throw new CannotCrossError(
      `argument ${index + 1} of the initializer ${f.name}() is connected with a call, and gone ` +
        "when that has ended: pass it with each call",
    );
  });
  return { pool: ++pools, module: f.module, name: f.name, args, revivals };
}

/** For a function that gives items: how many may be under way, and who gets them. */
export interface ItemsTaken {
  readonly window: number;
  readonly connect: NonNullable<Crossed["connect"]>;
}

/** @throws CannotCrossError, or what arguments throw that cross as themselves, and cannot. */
export function makeCall(
  { reactor, substrate, canceller, initializer }: Maker,
  target: RemoteFunction,
  manner: CallManner,
  args: readonly unknown[],
  options: CallOptions,
  items?: ItemsTaken,
): PoolCall {
  assertHandle(target);
  if (items === undefined && initializer === undefined && !args.some(crossesItself)) {
    return new PoolCall(canceller, target, manner, args, options);
  }
  let lines: CallerLines | undefined;
  const connect = (index: number, end: NonNullable<Crossed["connect"]>): void => {
    lines ??= new CallerLines(reactor, (message) => {
      call.member?.handle.tell(call, message);
    });
    lines.add(index, end);
  };
  if (items !== undefined) connect(ITEMS_LINE, items.connect);
  let packed;
  try {
    packed = packArguments(args, substrate, options.transfer, connect);
  } catch (error) {
    lines?.end();
    throw error;
  }
  const { revivals, transfer } = packed;
  const extras: CallExtras = {
    revivals,
    ...(items && { window: items.window }),
    ...(initializer && { initializer }),
    ...(manner === "call" ? {} : { manner }),
  };
  const call = new PoolCall(canceller, target, "extra", [...packed.args, extras], {
    ...options,
    ...(transfer && { transfer }),
  });
  call.lines = lines;
  return call;
}
