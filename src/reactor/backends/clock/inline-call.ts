/** A call of a simulated worker, and the link that its function has with the caller's side. */
import { cannotCross, packError, unpackError } from "../../../core/crossing.ts";
import { crossesItself, type Substrate } from "../../../core/crossing-object.ts";
import { type CallLink, CurrentCall, inCall } from "../../../core/current-call.ts";
import { calleeOf } from "../../remote-call.ts";
import { crossedResult, revive } from "../../reviving.ts";
import type { Timer, TimerQueue } from "../../timer-queue.ts";
import type { WorkerCall, WorkerEvents } from "../../workers.ts";

export class InlineCall implements CallLink {
  readonly call: WorkerCall;
  readonly reactor: object;
  readonly thread: number;
  readonly #happenings: TimerQueue;
  readonly #events: WorkerEvents;
  readonly #substrate: Substrate;
  readonly #ended: () => void;
  /** The call, for its function, if that has asked for it. */
  #current: CurrentCall | undefined = undefined;
  /** What it has sent, which is told of when the outcome is due, or then at once. */
  #sent: unknown[] = [];
  #hear: ((message: unknown) => void) | undefined = undefined;
  #aborted = false;
  heeds = false;
  /** Delivers the outcome, once there is one. */
  #deliver: (() => void) | undefined = undefined;
  #over = false;
  /** How often it waits for the caller's side. */
  #waiting = 0;
  /** What will tell of the outcome, from when it is due. */
  #ending: Timer | undefined = undefined;
  /** While virtual time stands still for the outcome: has a look whether that is to go on. */
  #look: (() => void) | undefined = undefined;

  /** @param ended called before the outcome is told. */
  constructor(
    call: WorkerCall,
    thread: number,
    reactor: object,
    happenings: TimerQueue,
    substrate: Substrate,
    events: WorkerEvents,
    ended: () => void,
  ) {
    this.call = call;
    this.thread = thread;
    this.reactor = reactor;
    this.#happenings = happenings;
    this.#substrate = substrate;
    this.#events = events;
    this.#ended = ended;
  }

  /** Runs the function; the outcome is told after so many seconds of virtual time, or more. */
  begin(args: readonly unknown[], seconds: number): void {
    void this.#work(args);
    if (seconds < Infinity) this.#ending = this.#happenings.add(seconds, this.#proceed);
  }

  tell(message: unknown): void {
    if (this.runs()) this.#hear?.(structuredClone(message));
  }

  abort(): void {
    this.#aborted = true;
    this.#current?.abort();
  }

  /** A real worker is gone then. This one's function goes on, unless it heeds its signal. */
  terminate(): void {
    this.#over = true;
    this.abort();
    if (this.#ending?.active === true) this.#ending.cancel();
    this.#look?.();
    this.#current?.end();
  }

  // --- for the function ---

  heed(): void {
    this.heeds = true;
  }

  aborted(): boolean {
    return this.#aborted;
  }

  runs(): boolean {
    return !this.#over;
  }

  send(message: unknown, transfer: readonly object[] = []): void {
    if (this.#over) return;
    this.#sent.push(structuredClone(message, { transfer: transfer as never[] }));
    this.#changed();
  }

  ask(question: unknown): { answer: unknown } | undefined {
    const asked: unknown = structuredClone(question);
    this.#tellSent();
    let answered: { answer: unknown } | undefined;
    const reply = (answer: unknown): void => {
      answered ??= { answer: structuredClone(answer) };
    };
    this.#events.asked(this.call, asked, reply, true);
    return answered;
  }

  listen(hear: (message: unknown) => void): void {
    this.#hear = hear;
  }

  waits(): () => void {
    let waits = true;
    this.#waiting++;
    this.#changed();
    return () => {
      if (!waits) return;
      waits = false;
      if (--this.#waiting === 0) this.#changed();
    };
  }

  // --- until the outcome is told ---

  /** Virtual time stands still while the function works; not while it waits for this thread. */
  readonly #proceed = async (): Promise<void> => {
    // What was sent before this began, too: there may be nothing after it.
    this.#tellSent();
    while (this.#deliver === undefined && this.#waiting === 0 && !this.#over) {
      await new Promise<void>((resolve) => {
        this.#look = resolve;
      });
      this.#look = undefined;
      this.#tellSent();
    }
    if (this.#over || this.#deliver === undefined) return;
    this.#over = true;
    this.#ended();
    this.#deliver();
    this.#current?.end();
  };

  #changed(): void {
    if (this.#look !== undefined) this.#look();
    else if (this.#ending?.active === false && !this.#over) {
      this.#ending = this.#happenings.add(0, this.#proceed);
    }
  }

  #tellSent(): void {
    for (const message of this.#sent.splice(0)) {
      if (!this.#over) this.#events.told(this.call, message);
    }
  }

  async #work(args: readonly unknown[]): Promise<void> {
    try {
      const value = await this.#result(args);
      this.#deliver = () => this.#events.returned(this.call, value);
    } catch (error) {
      const copy = unpackError(packError(error));
      this.#deliver = () => this.#events.threw(this.call, copy);
    }
    this.#changed();
  }

  async #result(args: readonly unknown[]): Promise<unknown> {
    const { target } = this.call;
    const value = await this.#call(args);
    const { module, name, data, transfer } = crossesItself(value)
      ? crossedResult(target.name, value, this.#substrate)
      : { module: undefined, name: "", data: value };
    let copy: unknown;
    try {
      copy = structuredClone(data, { transfer: (transfer ?? []) as never[] });
    } catch (error) {
      throw cannotCross(`the result of ${target.name}()`, data, error);
    }
    return module === undefined ? copy : revive({ module, name }, copy);
  }

  #call(args: readonly unknown[]): unknown {
    const { target, manner } = this.call;
    const callee = calleeOf(target, manner);
    return inCall(
      () => (this.#current ??= new CurrentCall(this)),
      () => callee(args),
    );
  }
}
