import { CrossesItself } from "../core/crossing-object.ts";
import { endingBy } from "../core/call-line.ts";
import type { Deferred } from "../defer/deferred.ts";
import { QueueShutDownError } from "../threading/errors.ts";
import { crossToProcess } from "../threading/process-twin.ts";
import { Queue } from "../threading/queue.ts";
import type { QueueOptions } from "../threading/shared-queue.ts";
import { PipeClosedError } from "./errors.ts";

// The other end finds it where its class is.
export { PipeClosedError };

export interface PipeOptions extends QueueOptions {
  /** Whether both ends may send; else the first receives, and the second sends. True. */
  duplex?: boolean;
}

/**
 * Two connected ends: what is sent into one is received from the other. Pass one to a worker, which
 * so becomes its owner: that end is closed when the worker's call has ended, whatever it ended of.
 *
 * ```ts
 * import { pipe } from "skein/multiprocessing";
 *
 * const [ours, theirs] = pipe<string>();
 * theirs.send("hello");
 * console.log(await ours.recv()); // → hello
 * theirs.close();
 * ours.recv().addErrback((failure) => console.log(failure.message));
 * // → PipeClosedError: the other end of the pipe is closed
 * ```
 *
 * @param options how much may be on its way, in each direction: as those of a Queue.
 */
export function pipe<In, Out = In>(
  options: PipeOptions = {},
): [PipeEnd<In, Out>, PipeEnd<Out, In>] {
  const { duplex = true, ...limits } = options;
  const toFirst = new Queue<In>(limits);
  const toSecond = new Queue<Out>(limits);
  if (!duplex) toSecond.shutdown();
  return [new PipeEnd(toFirst, toSecond), new PipeEnd(toSecond, toFirst)];
}

export class PipeEnd<In, Out> extends CrossesItself {
  readonly #inbound: Queue<In>;
  readonly #outbound: Queue<Out>;

  constructor(inbound: Queue<In>, outbound: Queue<Out>) {
    const queues = [inbound, outbound] as const;
    const data = (): SharedArrayBuffer[] =>
      queues.map((queue) => queue.crosses("threads").data as SharedArrayBuffer);
    const rebirth = {
      module: import.meta.url,
      name: "revivePipeEnd",
      data,
      twin: () => revivePipeEnd(data()),
      signals: [],
    };
    // It is closed when the call is over that has got it.
    const close = (): void => this.close();
    super((substrate) => {
      if (substrate === "threads") {
        const { module, name } = rebirth;
        return { module, name, data: data(), connect: () => endingBy(close) };
      }
      const crossed = crossToProcess(this, rebirth);
      return { ...crossed, connect: (line) => endingBy(close, crossed.connect?.(line)) };
    });
    this.#inbound = inbound;
    this.#outbound = outbound;
  }

  /**
   * Fires when it is on its way: at once if there is room.
   *
   * Fails with PipeClosedError, and as put() of a Queue does.
   */
  send(item: Out): Deferred<void> {
    return this.#outbound.put(item).addErrback((failure) => {
      throw translated(failure.value);
    });
  }

  /** The same, blocking, for workers. @throws TimeoutError, WouldBlockError, as send() fails */
  sendSync(item: Out, seconds?: number): void {
    translating(() => this.#outbound.putSync(item, seconds));
  }

  /**
   * Fires with the next item. What was sent before the other end was closed is received; then it
   * fails with PipeClosedError. Cancelling gives up, and loses nothing.
   */
  recv(): Deferred<In> {
    return this.#inbound.get().addErrback((failure) => {
      throw translated(failure.value);
    });
  }

  /** The same, blocking, for workers. @throws TimeoutError, WouldBlockError, PipeClosedError */
  recvSync(seconds?: number): In {
    return translating(() => this.#inbound.getSync(seconds));
  }

  /** Whether there is something to be received, now. */
  poll(): boolean {
    return !this.#inbound.empty;
  }

  /** Closes this end: the other receives what was sent before, and can send no more. */
  close(): void {
    this.#outbound.shutdown();
    this.#inbound.shutdown(true);
  }
}

function translating<T>(f: () => T): T {
  try {
    return f();
  } catch (error) {
    throw translated(error);
  }
}

function translated(error: unknown): unknown {
  return error instanceof QueueShutDownError ? new PipeClosedError() : error;
}

export function revivePipeEnd(crossed: SharedArrayBuffer[]): PipeEnd<never, never> {
  const [inbound, outbound] = crossed.map((memory) => new Queue<never>(memory));
  return new PipeEnd(inbound as Queue<never>, outbound as Queue<never>);
}
