/** A worker that is a thread of this process. */
import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  Worker,
} from "node:worker_threads";
import { argumentsCannotCross, type PackedError, unpackError } from "../../../core/crossing.ts";
import { messageOf } from "../../../core/errors.ts";
import { threadEnded } from "../../../core/thread.ts";
import { WorkerDiedError } from "../../errors.ts";
import type {
  CallManner,
  RemoteFunction,
  WorkerCall,
  WorkerEvents,
  WorkerHandle,
  WorkerOptions,
} from "../../workers.ts";
import {
  BEGUN,
  CallSlots,
  FREE,
  PASSED,
  RETURNED,
  REVOKED,
  SENT,
  SLOTS,
  THREW,
} from "./call-slots.ts";
import { Eagerness } from "./eagerness.ts";
import { argumentsForThread } from "./inherited-arguments.ts";
import { cannotStartWorker, isStartFailure } from "./cannot-start-worker.ts";
import { isMessage } from "./is-message.ts";
import { whenOverdue } from "./overdue.ts";

/** What a worker starts with. */
export interface WorkerSetup {
  readonly port: MessagePort;
  readonly memory: SharedArrayBuffer;
}

/**
 * What goes to the worker: a ring; or a function, arguments that fit into no slot, an abort. Calls
 * are named by their numbers: the slot of one that was revoked may be in use again before its
 * arguments have come through.
 */
export type ToWorker =
  | 0
  | readonly [kind: "end"]
  | readonly [kind: "function", index: number, target: RemoteFunction, manner: CallManner]
  | readonly [kind: "arguments", number: number, args: readonly unknown[]]
  | readonly [kind: "abort", number: number]
  | readonly [kind: "told" | "answer", number: number, message: unknown];

/** What comes back: a ring; or an outcome that fits into no slot, or what a call sends. */
export type FromWorker =
  | 0
  | readonly [kind: "lives"]
  | readonly [kind: "outcome", slot: number, value: unknown]
  | readonly [kind: "told" | "asked", slot: number, message: unknown];

/** So many calls of one turn are worth waking the worker for. */
const ANNOUNCED = 32;

const KINDS: ReadonlySet<unknown> = new Set(["lives", "outcome", "told", "asked"]);

const AT_TURN_END = Promise.resolve();

export class ThreadWorker implements WorkerHandle {
  readonly pid = undefined;
  readonly #events: WorkerEvents;
  /** None, if the system has no thread for it. */
  readonly #worker: Worker | undefined;
  readonly #port: MessagePort;
  readonly #slots = new CallSlots();
  readonly #calls: (WorkerCall | undefined)[] = [];
  /** Outcomes that were posted, by slot. */
  readonly #outcomes = new Map<number, unknown>();
  readonly #functions = new Map<string, number>();
  /** The function that was called last, as mostly it is called again. */
  #lastTarget: RemoteFunction | undefined;
  #lastManner: CallManner = "call";
  #lastIndex = 0;
  /** How many calls have been sent, and how many of these have left their slots. */
  #sent = 0;
  #left = 0;
  /** Calls since the worker was last woken for good. */
  #unannounced = 0;
  #collecting = false;
  /** Whether it will look into the slots again by itself. */
  #looking = false;
  /** Whether the call that it has, if any, was sent when it had none, and no other after it. */
  #alone = false;
  readonly #eagerness = new Eagerness();
  #ended = false;
  #terminated = false;
  /** Whether its functions have left something running. */
  #lives = false;
  #failure: Error | undefined;

  constructor(events: WorkerEvents, { heapMegabytesMax }: WorkerOptions = {}) {
    this.#events = events;
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    port1.on("message", (message: FromWorker) => {
      this.#take(message);
      if (!this.#looking) this.#look();
    });
    // The reactor keeps the process alive while it runs; idle workers must not do so after.
    port1.unref();
    try {
      const setup: WorkerSetup = { port: port2, memory: this.#slots.memory };
      this.#worker = startThread(setup, heapMegabytesMax);
    } catch (error) {
      if (!isStartFailure(error)) throw error;
      this.#failure = cannotStartWorker(error);
      setImmediate(() => this.#exited(1));
      return;
    }
    this.#worker.unref();
    this.#worker.on("error", (cause: unknown) => {
      this.#failure =
        this.#unused && isStartFailure(cause)
          ? cannotStartWorker(cause)
          : new WorkerDiedError(`a worker died: ${messageOf(cause)}`, { cause });
    });
    const { threadId } = this.#worker;
    this.#worker.on("exit", (status) => {
      threadEnded(threadId);
      this.#exited(status);
    });
  }

  get room(): number {
    return SLOTS - (this.#sent - this.#left);
  }

  get atRest(): boolean {
    if (this.#sent === this.#left) return true;
    const last = this.#slots.state((this.#sent - 1) % SLOTS);
    return last !== SENT && last !== BEGUN && last !== REVOKED;
  }

  /** Whether no call has begun in it. */
  get #unused(): boolean {
    const first = this.#slots.state(0);
    return this.#left === 0 && (first === FREE || first === SENT);
  }

  get megabytes(): number {
    return this.#slots.kilobytes / 1024;
  }

  current(): WorkerCall | undefined {
    return this.#calls[this.#left % SLOTS];
  }

  send(call: WorkerCall): void {
    const slot = this.#sent % SLOTS;
    const slots = this.#slots;
    this.#alone = this.#sent === this.#left;
    if (this.#alone) this.#await();
    slots.begin(slot, this.#indexOf(call));
    const small = call.transfer === undefined && slots.values[slot]?.write(call.args) === true;
    if (!small) {
      try {
        this.#post(["arguments", this.#sent, call.args], call.transfer);
      } catch (error) {
        throw argumentsCannotCross(call.target.name, call.args, error);
      }
    }
    slots.setPosted(slot, !small);
    call.slot = slot;
    this.#calls[slot] = call;
    this.#sent++;
    slots.setState(slot, SENT);
    // What is moved goes to a worker at rest, which is to begin while more is made here.
    const many = call.transfer !== undefined || this.#unannounced % ANNOUNCED === 0;
    if (this.#unannounced === 0) this.#announceSoon();
    else if (many && !this.#collecting) this.#wake();
    this.#unannounced++;
  }

  revoke(call: WorkerCall): boolean {
    return this.#calls[call.slot] === call && this.#slots.change(call.slot, SENT, REVOKED);
  }

  running(call: WorkerCall): boolean {
    return this.#calls[call.slot] === call && this.#slots.state(call.slot) === BEGUN;
  }

  abort(call: WorkerCall): boolean {
    if (!this.running(call)) return false;
    this.#slots.abort(call.slot);
    this.#post(["abort", this.#numberOf(call)]);
    return this.#slots.heeds(call.slot);
  }

  tell(call: WorkerCall, message: unknown): void {
    if (this.running(call)) this.#post(["told", this.#numberOf(call), message]);
  }

  #answer(call: WorkerCall, answer: unknown): void {
    if (!this.running(call)) return;
    this.#post(["answer", this.#numberOf(call), answer]);
    this.#slots.answered();
  }

  #numberOf({ slot }: WorkerCall): number {
    // Calls before it may have ended, and not have been told of.
    const before = (slot - (this.#left % SLOTS) + SLOTS) % SLOTS;
    return this.#left + before;
  }

  retire(): boolean {
    if (!this.#lives) {
      this.terminate();
      return false;
    }
    this.#post(["end"]);
    whenOverdue(this.#worker, (why) => {
      this.#failure ??= why;
      this.terminate();
    });
    return true;
  }

  terminate(): void {
    this.#terminated = true;
    void this.#worker?.terminate();
  }

  /**
   * The first call of a turn wakes the worker at once, as there may be much to do here; others as
   * many at a time, so that it does not fall asleep after each.
   */
  #announceSoon(): void {
    if (this.#collecting) return;
    this.#wake();
    // For queueMicrotask() Node makes an object each time.
    void AT_TURN_END.then(this.#announce);
  }

  readonly #announce = (): void => {
    this.#unannounced = 0;
    this.#wake();
  };

  #wake(): void {
    if (this.#slots.mustWake()) this.#post(0);
  }

  #indexOf({ target, manner }: WorkerCall): number {
    if (target === this.#lastTarget && manner === this.#lastManner) return this.#lastIndex;
    const key = `${manner} ${target.name} ${target.module}`;
    let index = this.#functions.get(key);
    if (index === undefined) {
      index = this.#functions.size;
      this.#functions.set(key, index);
      this.#post(["function", index, target, manner]);
    }
    this.#lastTarget = target;
    this.#lastManner = manner;
    this.#lastIndex = index;
    return index;
  }

  #post(message: ToWorker, transfer: readonly object[] = []): void {
    this.#port.postMessage(message, transfer as never);
  }

  #take(message: FromWorker): void {
    if (message === 0) return;
    if (!isMessage(message, KINDS)) {
      this.#failure ??= new WorkerDiedError("a worker has written what is no answer");
      this.terminate();
      return;
    }
    if (message[0] === "lives") {
      this.#lives = true;
      return;
    }
    const [kind, slot, value] = message;
    if (kind === "outcome") {
      this.#outcomes.set(slot, value);
      return;
    }
    const call = this.#calls[slot];
    if (call === undefined) return;
    if (kind === "told") this.#events.told(call, value);
    else this.#events.asked(call, value, (answer) => this.#answer(call, answer), false);
  }

  /** A call is about to be sent to a worker that has none. */
  #await(): void {
    this.#eagerness.begin();
    if (this.#looking || !this.#eagerness.pays) return;
    this.#slots.dontListen();
    this.#lookSoon();
  }

  /** Looks into the slots, turn after turn, while that is of use; then has itself rung. */
  #look(): void {
    const collected = this.#collect();
    if (this.#ended) return;
    const eager = this.#alone && this.#sent > this.#left && this.#eagerness.pays;
    if (collected > 1 || (eager && this.#eagerness.inTime)) {
      this.#lookSoon();
      return;
    }
    this.#slots.listen();
    this.#collect();
  }

  #lookSoon(): void {
    this.#looking = true;
    setImmediate(this.#lookAgain);
  }

  readonly #lookAgain = (): void => {
    this.#looking = false;
    this.#look();
  };

  /** Tells of the calls that have ended; returns how many. */
  #collect(): number {
    const slots = this.#slots;
    const full = this.room === 0;
    let collected = 0;
    this.#collecting = true;
    while (this.#left < this.#sent && collected < SLOTS) {
      const slot = this.#left % SLOTS;
      const state = slots.state(slot);
      if (state !== RETURNED && state !== THREW && state !== PASSED) break;
      let value: unknown;
      if (state !== PASSED) {
        if (!slots.posted(slot)) value = slots.values[slot]?.read();
        else if (this.#outcomes.has(slot)) value = this.#outcomes.get(slot);
        // It is on its way, and there will be another look when it is here.
        else break;
        this.#outcomes.delete(slot);
      }
      const call = this.#calls[slot] as WorkerCall;
      this.#calls[slot] = undefined;
      slots.setState(slot, FREE);
      this.#left++;
      collected++;
      if (this.#alone) this.#eagerness.came();
      if (state === RETURNED) this.#events.returned(call, value);
      else if (state === THREW) this.#events.threw(call, unpackError(value as PackedError));
    }
    // Those that were revoked have told of nothing.
    if (full && this.room > 0) this.#events.roomy();
    this.#collecting = false;
    if (this.#unannounced > 0) {
      this.#unannounced = 0;
      this.#wake();
    }
    return collected;
  }

  #exited(status: number): void {
    if (this.#ended) return;
    this.#ended = true;
    for (let got = receiveMessageOnPort(this.#port); got; got = receiveMessageOnPort(this.#port)) {
      this.#take(got.message as FromWorker);
    }
    while (this.#collect() > 0);
    this.#port.close();
    this.#events.died(
      this.#failure ??
        new WorkerDiedError(
          `a worker exited with status ${status}`,
          this.#terminated ? {} : { exitCode: status },
        ),
    );
  }
}

function startThread(setup: WorkerSetup, heapMegabytesMax: number | undefined): Worker {
  const main = import.meta.url.endsWith(".ts") ? "worker-from-source.js" : "worker-main.js";
  const execArgv = argumentsForThread();
  return new Worker(new URL(`./${main}`, import.meta.url), {
    workerData: setup,
    ...(execArgv && { execArgv }),
    transferList: [setup.port],
    resourceLimits:
      heapMegabytesMax === undefined ? {} : { maxOldGenerationSizeMb: heapMegabytesMax },
  });
}
