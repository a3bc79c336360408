/** A pipe that a child reads: what may be written when, and who waits for it. */
import type { Deferred } from "../defer/deferred.ts";
import type { Failure } from "../defer/failure.ts";
import { fail } from "../defer/fired.ts";
import { WriteOverflowError } from "./errors.ts";
import { Flow } from "./flow.ts";
import type { ChildHandle } from "./process-driver.ts";
import type { PullProducer, PushProducer } from "./producer.ts";

/** The marks of a transport, which may be set at any time. */
export interface Marks {
  readonly highWaterBytes: number;
  readonly lowWaterBytes: number;
  readonly maxBufferedBytes: number;
}

/** open → closing (a pull producer may still write) → finishing (nobody may) → closed. */
type State = "open" | "closing" | "finishing" | "closed";

export class PipeToChild {
  readonly #childFD: number;
  readonly #handle: ChildHandle;
  readonly #marks: Marks;
  readonly #flow: Flow;
  readonly #overflowed: (error: Error) => void;
  readonly #failed: (error: unknown, method: string) => void;
  #state: State = "open";
  #reason: Failure | undefined = undefined;

  /**
   * @param overflowed told when more was written than may wait; the pipe is being closed.
   * @param failed told of what a producer's `method` has thrown.
   */
  constructor(
    childFD: number,
    handle: ChildHandle,
    marks: Marks,
    overflowed: (error: Error) => void,
    failed: (error: unknown, method: string) => void,
  ) {
    this.#childFD = childFD;
    this.#handle = handle;
    this.#marks = marks;
    this.#overflowed = overflowed;
    this.#failed = failed;
    this.#flow = new Flow(failed);
  }

  get bufferedBytes(): number {
    return this.#handle.bufferedBytes(this.#childFD);
  }

  write(bytes: Uint8Array): boolean {
    if (!this.#writable) return false;
    this.#handle.write(this.#childFD, bytes);
    const waiting = this.bufferedBytes;
    if (waiting > this.#marks.maxBufferedBytes) {
      this.#state = "finishing";
      const error = new WriteOverflowError(this.#marks.maxBufferedBytes);
      this.#handle.destroy(this.#childFD, error);
      this.#overflowed(error);
      return false;
    }
    if (waiting <= this.#marks.highWaterBytes) return this.#state === "open";
    this.#flow.fellBehind();
    return false;
  }

  /** The system has taken some. */
  taken(): void {
    if (this.#writable && this.bufferedBytes <= this.#marks.lowWaterBytes) this.#flow.caughtUp();
  }

  register(producer: PullProducer | PushProducer, streaming: boolean): void {
    if (this.#state === "open") {
      this.#flow.register(producer, streaming);
      return;
    }
    try {
      producer.stopProducing();
    } catch (error) {
      this.#failed(error, "stopProducing");
    }
  }

  unregister(): void {
    this.#flow.unregister();
    if (this.#state === "closing") this.#finish();
  }

  whenDrained(): Deferred<void> {
    if (this.#reason !== undefined) return fail(this.#reason);
    return this.#state === "open" ? this.#flow.whenCaughtUp() : this.#flow.whenEnded();
  }

  /** Closes it when all is sent; with a pull producer, when that has unregistered. */
  finish(): void {
    if (this.#state !== "open") return;
    this.#state = "closing";
    if (!this.#flow.pulls) this.#finish();
  }

  /** It is closed. */
  end(reason: Failure): void {
    this.#state = "closed";
    this.#reason = reason;
    this.#flow.end(reason);
  }

  get #writable(): boolean {
    return this.#state === "open" || (this.#state === "closing" && this.#flow.pulls);
  }

  #finish(): void {
    this.#state = "finishing";
    this.#handle.finish(this.#childFD);
  }
}
