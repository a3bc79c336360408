import { unpackArguments } from "../../../core/crossing-arguments.ts";
import { argumentsCannotCross } from "../../../core/crossing.ts";
import type { Substrate } from "../../../core/crossing-object.ts";
import { simulatedThread } from "../../../core/thread.ts";
import type { Timer, TimerQueue } from "../../timer-queue.ts";
import { WorkerDiedError } from "../../errors.ts";
import type { WorkerScript } from "../../worker-script.ts";
import type { WorkerCall, WorkerEvents, WorkerHandle } from "../../workers.ts";
import { InlineCall } from "./inline-call.ts";

/**
 * A simulated worker: the call runs in this thread, on copies, and its answer comes as a happening
 * of virtual time, however long it really takes. Module state is shared with this thread.
 */
export class InlineWorker implements WorkerHandle {
  readonly megabytes = 0;
  readonly pid = undefined;
  readonly #thread = simulatedThread();
  readonly #happenings: TimerQueue;
  readonly #reactor: object;
  readonly #substrate: Substrate;
  readonly #script: WorkerScript | undefined;
  readonly #events: WorkerEvents;
  #call: WorkerCall | undefined;
  /** The same while it runs, unless it is to crash. */
  #running: InlineCall | undefined;
  #crash: Timer | undefined;
  #died = false;

  constructor(
    reactor: object,
    happenings: TimerQueue,
    script: WorkerScript | undefined,
    substrate: Substrate,
    events: WorkerEvents,
  ) {
    this.#reactor = reactor;
    this.#happenings = happenings;
    this.#substrate = substrate;
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
    const { target, manner, args, transfer = [] } = call;
    let copies: unknown[];
    try {
      copies = structuredClone([...args], { transfer: transfer as never[] });
    } catch (error) {
      throw argumentsCannotCross(target.name, args, error);
    }
    const asked = manner === "extra" ? unpackArguments(copies).args : copies;
    const { seconds = 0, crash } = this.#script?.(target, asked) ?? {};
    this.#call = call;
    this.#running = undefined;
    if (crash !== undefined) {
      if (seconds === Infinity) return;
      this.#crash = this.#happenings.add(seconds, () => this.#die(crash));
      return;
    }
    this.#running = new InlineCall(
      call,
      this.#thread,
      this.#reactor,
      this.#happenings,
      this.#substrate,
      this.#events,
      () => {
        this.#call = this.#running = undefined;
      },
    );
    this.#running.begin(copies, seconds);
  }

  revoke(): boolean {
    return false;
  }

  running(call: WorkerCall): boolean {
    return this.#call === call;
  }

  abort(call: WorkerCall): boolean {
    if (this.#call !== call || this.#running === undefined) return false;
    this.#running.abort();
    return this.#running.heeds;
  }

  tell(call: WorkerCall, message: unknown): void {
    if (this.#call === call) this.#running?.tell(message);
  }

  retire(): boolean {
    // What functions have left running is the reactor's, which is their caller's.
    this.terminate();
    return false;
  }

  terminate(): void {
    if (this.#crash?.active === true) this.#crash.cancel();
    this.#running?.terminate();
    if (this.#call === undefined || this.#died) return;
    this.#happenings.add(0, () => this.#die("a worker was ended in the middle of a call"));
  }

  #die(message: string): void {
    if (this.#died) return;
    this.#died = true;
    this.#events.died(new WorkerDiedError(message));
  }
}
