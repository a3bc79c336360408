import {
  argumentsCannotCross,
  cannotCross,
  packError,
  unpackError,
} from "../../../core/crossing.ts";
import { calleeOf } from "../../remote-call.ts";
import type { TimerQueue } from "../../timer-queue.ts";
import type { WorkerCall, WorkerEvents, WorkerHandle } from "../../workers.ts";

/**
 * A simulated worker: the call runs in this thread, on copies, and its answer comes as a happening
 * of virtual time, however long it really takes. Module state is shared with this thread.
 */
export class InlineWorker implements WorkerHandle {
  readonly capacity = 1;
  readonly megabytes = 0;
  readonly #happenings: TimerQueue;
  readonly #events: WorkerEvents;
  #call: WorkerCall | undefined;
  #terminated = false;
  /** Lets virtual time go on without the answer that it waits for. */
  #giveUp = (): void => {};

  constructor(happenings: TimerQueue, events: WorkerEvents) {
    this.#happenings = happenings;
    this.#events = events;
  }

  current(): WorkerCall | undefined {
    return this.#call;
  }

  send(call: WorkerCall): void {
    const { target, args, transfer = [] } = call;
    let copies: unknown[];
    try {
      copies = structuredClone([...args], { transfer: transfer as never[] });
    } catch (error) {
      throw argumentsCannotCross(target.name, args, error);
    }
    this.#call = call;
    const answer = this.#work(call, copies);
    const givenUp = new Promise<undefined>((resolve) => {
      this.#giveUp = () => resolve(undefined);
    });
    this.#happenings.add(0, async () => {
      const deliver = await Promise.race([answer, givenUp]);
      if (this.#terminated) return;
      this.#call = undefined;
      deliver?.();
    });
  }

  revoke(): boolean {
    return false;
  }

  running(call: WorkerCall): boolean {
    return this.#call === call;
  }

  abort(): boolean {
    return false;
  }

  tell(): void {}

  terminate(): void {
    this.#terminated = true;
    this.#giveUp();
  }

  /** Resolves, always, with the way to deliver the outcome. */
  async #work(call: WorkerCall, args: unknown[]): Promise<() => void> {
    const { target, manner } = call;
    try {
      const value = await calleeOf(target, manner)(args, { send() {}, listen() {} });
      try {
        const copy: unknown = structuredClone(value);
        return () => this.#events.returned(call, copy);
      } catch (error) {
        throw cannotCross(`the result of ${target.name}()`, value, error);
      }
    } catch (error) {
      const copy = unpackError(packError(error));
      return () => this.#events.threw(call, copy);
    }
  }
}
