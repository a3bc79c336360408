/** Workers that do what a test says, call by call, for what real ones do too seldom. */
import type { Reactor } from "skein/reactor";
import type { WorkerCall, WorkerEvents, WorkerHandle } from "../../src/reactor/workers.ts";

type State = "sent" | "begun" | "ended";

export class ScriptedWorker implements WorkerHandle {
  readonly room = 100;
  readonly pid = undefined;
  megabytes = 0;
  terminated = false;
  readonly events: WorkerEvents;
  readonly #states = new Map<WorkerCall, State>();
  /** Called when the pool asks whether a call can be taken back. */
  beforeRevoke: (() => void) | undefined;

  constructor(events: WorkerEvents) {
    this.events = events;
  }

  get atRest(): boolean {
    return [...this.#states.values()].every((state) => state === "ended");
  }

  /** The first arguments of the calls that are here, in their order. */
  get held(): unknown[] {
    return [...this.#states.keys()].map(({ args }) => args[0]);
  }

  send(call: WorkerCall): void {
    this.#states.set(call, "sent");
  }

  revoke(call: WorkerCall): boolean {
    this.beforeRevoke?.();
    return this.#states.get(call) === "sent" && this.#states.delete(call);
  }

  running(call: WorkerCall): boolean {
    return this.#states.get(call) === "begun";
  }

  abort(): boolean {
    return false;
  }

  retire(): boolean {
    this.terminated = true;
    return false;
  }

  terminate(): void {
    this.terminated = true;
  }

  /** The first call that has not begun begins. */
  begin(): void {
    for (const [call, state] of this.#states) {
      if (state !== "sent") continue;
      this.#states.set(call, "begun");
      return;
    }
  }

  /** The call that has begun ends, but nobody is told yet. */
  end(): void {
    for (const [call, state] of this.#states) {
      if (state === "begun") this.#states.set(call, "ended");
    }
  }

  /** Calls that have ended are told of; they return undefined. */
  tell(): void {
    for (const [call, state] of this.#states) {
      if (state !== "ended") continue;
      this.#states.delete(call);
      this.events.returned(call, undefined);
    }
  }
}

/** A pool's reactor: time is that of `clock`, and `workers` gets the workers that are started. */
export function scriptedReactor(
  clock: Reactor<"threads">,
  workers: ScriptedWorker[],
): Reactor<"threads"> {
  const reactor: Pick<Reactor<"threads">, "seconds" | "callLater" | "startWorker"> = {
    seconds: () => clock.seconds(),
    callLater: (seconds, f, ...args) => clock.callLater(seconds, f, ...args),
    startWorker(events) {
      const worker = new ScriptedWorker(events);
      workers.push(worker);
      return worker;
    },
  };
  return reactor as Reactor<"threads">;
}
