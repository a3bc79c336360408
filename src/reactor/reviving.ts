/** Objects that cross as themselves, where they are made anew, and as results. */
import type { WorkerLine } from "../core/call-line.ts";
import { CannotCrossError, cannotCross } from "../core/crossing.ts";
import { type Crossed, type Crossing, crossing, type Substrate } from "../core/crossing-object.ts";
import { type CurrentCall, inCall, linkOf } from "../core/current-call.ts";
import { messageOf } from "../core/errors.ts";
import { importFunction, type ImportedFunction } from "../core/import-function.ts";
import type { RemoteFunction, WorkerCall, WorkerEvents } from "./workers.ts";

const revivers = new Map<string, ImportedFunction>();

/**
 * Makes an object anew.
 *
 * @param line to the caller, if it has one; `make` gives the call that it is an argument of.
 */
export async function revive(
  target: RemoteFunction,
  data: unknown,
  line?: WorkerLine,
  make?: () => CurrentCall,
): Promise<unknown> {
  const key = `${target.name} ${target.module}`;
  let reviver = revivers.get(key);
  if (reviver === undefined) revivers.set(key, (reviver = await importFunction(target)));
  const making = reviver;
  return inCall(make, () => making(data, line));
}

/** What a worker sends before the outcome, which is undefined then. */
interface CrossedResult {
  readonly crossed: Pick<Crossed, "module" | "name" | "data">;
}

/** For a worker: sends a result that crosses as itself; what it returns is the outcome. */
export function sendResult(
  name: string,
  result: Crossing,
  substrate: Substrate,
  call: CurrentCall,
): undefined {
  const { module, name: reviver, data, transfer } = crossedResult(name, result, substrate);
  const message: CrossedResult = { crossed: { module, name: reviver, data } };
  try {
    linkOf(call).send(message, transfer);
  } catch (error) {
    throw cannotCross(`the result of ${name}()`, data, error);
  }
}

/** How a result crosses. @throws CannotCrossError, or what it throws itself */
export function crossedResult(name: string, result: Crossing, substrate: Substrate): Crossed {
  const crossed = result[crossing](substrate);
  if (crossed.connect === undefined) return crossed;
  throw new CannotCrossError(
    `the result of ${name}() cannot cross: it is connected with this thread, ` +
      "and goes to workers only",
  );
}

/** Events of a worker in which results that cross as themselves are made anew. */
export function revivingResults(events: WorkerEvents): WorkerEvents {
  const crossed = new Map<WorkerCall, CrossedResult["crossed"]>();
  /** Results that are being made, and the end of the worker that waits for them. */
  let reviving = 0;
  let died: Error | undefined;
  const returned = async (
    call: WorkerCall,
    { module, name, data }: CrossedResult["crossed"],
  ): Promise<void> => {
    let tell: () => void;
    try {
      const value = await revive({ module, name }, data);
      tell = () => events.returned(call, value);
    } catch (error) {
      const thrown = error instanceof Error ? error : new Error(messageOf(error));
      tell = () => events.threw(call, thrown);
    }
    tell();
    if (--reviving === 0 && died !== undefined) events.died(died);
  };
  return {
    ...events,
    told(call, message) {
      if (isCrossedResult(message)) crossed.set(call, message.crossed);
      else events.told(call, message);
    },
    returned(call, value) {
      const result = crossed.size === 0 ? undefined : crossed.get(call);
      if (result === undefined) {
        events.returned(call, value);
        return;
      }
      crossed.delete(call);
      reviving++;
      void returned(call, result);
    },
    died(error) {
      // These have returned before.
      if (reviving > 0) died = error;
      else events.died(error);
    },
  };
}

function isCrossedResult(message: unknown): message is CrossedResult {
  return typeof message === "object" && message !== null && "crossed" in message;
}
