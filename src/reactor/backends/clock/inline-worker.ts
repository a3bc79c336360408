import {
  argumentsCannotCross,
  cannotCross,
  packError,
  unpackError,
} from "../../../core/crossing.ts";
import { callExport } from "../../remote-call.ts";
import type { TimerQueue } from "../../timer-queue.ts";
import type { RemoteFunction, WorkerEvents, WorkerHandle } from "../../workers.ts";

/**
 * A simulated worker: the call runs in this thread, on copies, and its answer comes as a happening
 * of virtual time, however long it really takes. Module state is shared with this thread.
 */
export class InlineWorker implements WorkerHandle {
  readonly #happenings: TimerQueue;
  readonly #events: WorkerEvents;
  #terminated = false;
  /** Lets virtual time go on without the answer that it waits for. */
  #giveUp = (): void => {};

  constructor(happenings: TimerQueue, events: WorkerEvents) {
    this.#happenings = happenings;
    this.#events = events;
  }

  call(target: RemoteFunction, args: readonly unknown[]): void {
    let copies: unknown[];
    try {
      copies = structuredClone([...args]);
    } catch (error) {
      throw argumentsCannotCross(target.name, args, error);
    }
    const answer = this.#work(target, copies);
    const givenUp = new Promise<undefined>((resolve) => {
      this.#giveUp = () => resolve(undefined);
    });
    this.#happenings.add(0, async () => {
      const deliver = await Promise.race([answer, givenUp]);
      if (!this.#terminated) deliver?.();
    });
  }

  terminate(): void {
    this.#terminated = true;
    this.#giveUp();
  }

  /** Resolves, always, with the way to deliver the outcome. */
  async #work(target: RemoteFunction, args: unknown[]): Promise<() => void> {
    try {
      const value = await callExport(target, args);
      try {
        const copy: unknown = structuredClone(value);
        return () => this.#events.returned(copy);
      } catch (error) {
        throw cannotCross(`the result of ${target.name}()`, value, error);
      }
    } catch (error) {
      const copy = unpackError(packError(error));
      return () => this.#events.threw(copy);
    }
  }
}
