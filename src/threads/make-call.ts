import { CannotCrossError } from "../core/crossing.ts";
import { type Initializer, packArguments } from "../core/crossing-arguments.ts";
import { crossesItself, type Substrate } from "../core/crossing-object.ts";
import type { Canceller } from "../defer/canceller.ts";
import type { Reactor } from "../reactor/capabilities.ts";
import type { CallManner, RemoteFunction } from "../reactor/workers.ts";
import { type ItemsTaken, packCall, type PackingOptions } from "./pack-call.ts";
import { type CallOptions, PoolCall } from "./pool-call.ts";

/** Where calls are made. */
export interface Maker {
  readonly reactor: Reactor;
  readonly substrate: Substrate;
  readonly canceller: Canceller<unknown>;
  /** What each worker calls first. */
  readonly initializer: Initializer | undefined;
}

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
  return { module: f.module, name: f.name, args, revivals };
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
  const packing: PackingOptions = {
    transfer: options.transfer,
    items,
    ...(initializer && { initializer }),
    ...(manner === "call" ? {} : { manner }),
  };
  const packed = packCall(reactor, substrate, args, packing, (message) => {
    call.member?.handle.tell(call, message);
  });
  const call = new PoolCall(canceller, target, "extra", packed.args, {
    ...options,
    ...(packed.transfer && { transfer: packed.transfer }),
  });
  call.lines = packed.lines;
  return call;
}
