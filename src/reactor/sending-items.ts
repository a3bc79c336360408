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
  const room = new Room(sending);
  let count = 0;
  for await (const item of items) {
    count++;
    try {
      line.send(item);
    } catch (error) {
      throw cannotCross(`item ${count} of ${name}()`, item, error);
    }
    await room.take();
    // Asked so, it is seen too when the loop of this worker has had no turn.
    if (call.cancelled) break;
  }
}

/** For how many items there is room. */
class Room {
  readonly #line: WorkerLine;
  readonly #signal: AbortSignal;
  #left: number;
  #look = (): void => {};

  constructor({ call, line, window }: Sending) {
    this.#line = line;
    this.#signal = call.signal;
    this.#left = window;
    line.listen((more) => {
      this.#left += more as number;
      this.#look();
    });
    this.#signal.addEventListener("abort", () => this.#look());
  }

  /** One was sent: waits until there is room for another, or the call is cancelled. */
  async take(): Promise<void> {
    if (--this.#left > 0) return;
    const waited = this.#line.waits();
    while (this.#left === 0 && !this.#signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#look = resolve;
      });
    }
    waited();
  }
}

function isIterable(value: unknown): value is Items {
  return (
    typeof value === "object" &&
    value !== null &&
    (Symbol.asyncIterator in value || Symbol.iterator in value)
  );
}
