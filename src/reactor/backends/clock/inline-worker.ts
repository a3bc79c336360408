import {
  argumentsCannotCross,
  cannotCross,
  packError,
  unpackError,
} from "../../../core/crossing.ts";
import { type CallLink, CurrentCall, place } from "../../../core/current-call.ts";
import { type Callee, calleeOf } from "../../remote-call.ts";
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
  /** The same for its function, if that has asked for it. */
  #current: CurrentCall | undefined;
  #aborted = false;
  #heeds = false;
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
    this.#current = undefined;
    this.#aborted = this.#heeds = false;
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

  abort(call: WorkerCall): boolean {
    if (this.#call !== call) return false;
    this.#aborted = true;
    this.#current?.abort();
    return this.#heeds;
  }

  tell(): void {}

  terminate(): void {
    this.#terminated = true;
    this.#giveUp();
  }

  #begin(call: WorkerCall, callee: Callee, args: readonly unknown[]): unknown {
    const runs = (): boolean => this.#call === call && !this.#terminated;
    const link: CallLink = {
      heed: () => {
        if (runs()) this.#heeds = true;
      },
      aborted: () => runs() && this.#aborted,
      send: (message) => {
        const copy: unknown = structuredClone(message);
        this.#happenings.add(0, () => {
          if (runs()) this.#events.told(call, copy);
        });
      },
    };
    place.make = () => (this.#current ??= new CurrentCall(link));
    try {
      return callee(args);
    } finally {
      place.make = undefined;
    }
  }

  /** Resolves, always, with the way to deliver the outcome. */
  async #work(call: WorkerCall, args: unknown[]): Promise<() => void> {
    const { target, manner } = call;
    try {
      const value = await this.#begin(call, calleeOf(target, manner), args);
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
