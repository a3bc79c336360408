/** The worker's side of a stream: what a generator gives is sent, as much as there is room for. */
import type { WorkerLine } from "../core/call-line.ts";
import { cannotCross } from "../core/crossing.ts";
import type { CurrentCall } from "../core/current-call.ts";
import { BadOptionError } from "../core/errors.ts";

type Items = AsyncIterable<unknown> | Iterable<unknown>;

export interface Sending {
  /** The function's name, for errors. */
  readonly name: string;
  readonly call: CurrentCall;
  readonly line: WorkerLine;
  /** How many may be under way. The other side says of how many it has disposed. */
  readonly window: number;
}

/** Resolves when all are sent, or the call was cancelled; then what gives them has ended. */
export async function sendItems(items: unknown, sending: Sending): Promise<void> {
  const { name, call, line } = sending;
  if (!isIterable(items)) {
    throw new BadOptionError(
      `${name}() gave nothing to iterate over: call it, or make it function*`,
    );
  }
  let room = sending.window;
  let look = (): void => {};
  line.listen((more) => {
    room += more as number;
    look();
  });
  call.signal.addEventListener("abort", () => look());
  let count = 0;
  for await (const item of items) {
    count++;
    try {
      line.send(item);
    } catch (error) {
      throw cannotCross(`item ${count} of ${name}()`, item, error);
    }
    room--;
    // Asked so, it is seen too when the loop of this worker has had no turn.
    if (call.cancelled) break;
    if (room > 0) continue;
    const waited = line.waits();
    while (room === 0 && !call.cancelled) {
      await new Promise<void>((resolve) => {
        look = resolve;
      });
    }
    waited();
    if (call.cancelled) break;
  }
}

function isIterable(value: unknown): value is Items {
  return (
    typeof value === "object" &&
    value !== null &&
    (Symbol.asyncIterator in value || Symbol.iterator in value)
  );
}
