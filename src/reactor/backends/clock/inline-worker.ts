import {
  argumentsCannotCross,
  cannotCross,
  packError,
  unpackError,
} from "../../../core/crossing.ts";
import { type CallLink, CurrentCall, place } from "../../../core/current-call.ts";
import { type Callee, calleeOf } from "../../remote-call.ts";
import type { Timer, TimerQueue } from "../../timer-queue.ts";
import { WorkerDiedError } from "../../errors.ts";
import type { WorkerScript } from "../../worker-script.ts";
import type { WorkerCall, WorkerEvents, WorkerHandle } from "../../workers.ts";

/**
 * A simulated worker: the call runs in this thread, on copies, and its answer comes as a happening
 * of virtual time, however long it really takes. Module state is shared with this thread.
 */
export class InlineWorker implements WorkerHandle {
  readonly megabytes = 0;
  readonly #happenings: TimerQueue;
  readonly #script: WorkerScript | undefined;
  readonly #events: WorkerEvents;
  #call: WorkerCall | undefined;
  /** The same for its function, if that has asked for it. */
  #current: CurrentCall | undefined;
  /** What that has sent: it is told of when the call ends, as that is all at one virtual time. */
  #told: unknown[] = [];
  #aborted = false;
  #heeds = false;
  #terminated = false;
  #ending: Timer | undefined;
  /** Lets virtual time go on without the answer that it waits for. */
  #giveUp = (): void => {};

  constructor(happenings: TimerQueue, script: WorkerScript | undefined, events: WorkerEvents) {
    this.#happenings = happenings;
    this.#script = script;
    this.#events = events;
  }

  get room(): number {
    return this.#call === undefined ? 1 : 0;
  }

  get atRest(): boolean {
    return this.#call === undefined;
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
    const { seconds = 0, crash } = this.#script?.(target, copies) ?? {};
    this.#call = call;
    this.#current = undefined;
    this.#told = [];
    this.#aborted = this.#heeds = false;
    if (crash !== undefined) {
      if (seconds < Infinity)
        this.#ending = this.#happenings.add(seconds, () => this.#crash(crash));
      return;
    }
    const answer = this.#work(call, copies);
    if (seconds === Infinity) return;
    const givenUp = new Promise<undefined>((resolve) => {
      this.#giveUp = () => resolve(undefined);
    });
    this.#ending = this.#happenings.add(seconds, async () => {
      const deliver = await Promise.race([answer, givenUp]);
      for (const message of this.#told) {
        if (!this.#terminated) this.#events.told(call, message);
      }
      if (this.#terminated) return;
      this.#call = undefined;
      deliver?.();
    });
  }

  #crash(message: string): void {
    this.#terminated = true;
    this.#events.died(new WorkerDiedError(message));
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

  terminate(): void {
    this.#terminated = true;
    if (this.#ending?.active === true) this.#ending.cancel();
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
        if (runs()) this.#told.push(structuredClone(message));
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
