import { BadOptionError } from "../core/errors.ts";
import type { Deferred } from "../defer/deferred.ts";
import type { CallerLine } from "../core/call-line.ts";
import type { CallOptions } from "./pool-call.ts";
import type { ItemsTaken } from "./pack-call.ts";

/** Of a call's options, all; and how far its worker may be ahead. */
export interface StreamOptions extends CallOptions {
  /** How many items may be under way, or wait here; 16 unless given. */
  window?: number;
}

const WINDOW = 16;

/** The call behind a stream. */
export interface StreamedCall {
  /** Fires when all items have come. */
  readonly ended: Deferred<unknown>;
  /** Fires when the worker has nothing to do with it any more; never fails. */
  readonly left: Promise<void>;
}

/**
 * What a generator gives in a worker, as an asynchronous iterable of this thread. Nothing is called
 * before the first item is asked for. The worker is ahead by a window of items, and waits then.
 *
 * Errors come behind the items that came before them. Who ends it early, by `break` say, has the
 * generator end too, with its `finally` blocks run, and waits for that.
 */
export class PoolStream<T> implements AsyncIterableIterator<T> {
  readonly #begin: (items: ItemsTaken) => StreamedCall;
  readonly #window: number;
  #call: StreamedCall | undefined = undefined;
  #line: CallerLine | undefined = undefined;
  readonly #items: T[] = [];
  /** Those who wait for items. */
  readonly #readers: Reader<T>[] = [];
  /** What comes behind the items. */
  #end: { readonly error?: unknown } | undefined = undefined;
  /** How many have been disposed of, and the worker has not been told. */
  #owed = 0;

  /** @throws BadOptionError */
  constructor({ window = WINDOW }: StreamOptions, begin: (items: ItemsTaken) => StreamedCall) {
    if (!(Number.isInteger(window) && window > 0)) {
      throw new BadOptionError(`a window has 1 or more items, not ${window}`);
    }
    this.#window = window;
    this.#begin = begin;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Fails, once, with the error of the call: as {@link ThreadPool.callWith} does. */
  next(): Promise<IteratorResult<T, undefined>> {
    this.#start();
    if (this.#items.length > 0) {
      const value = this.#items.shift() as T;
      this.#disposed();
      return Promise.resolve({ done: false, value });
    }
    if (this.#end === undefined) {
      return new Promise((resolve, reject) => {
        this.#readers.push({ resolve, reject });
      });
    }
    const { error } = this.#end;
    this.#end = {};
    return error === undefined ? Promise.resolve(DONE) : Promise.reject(error);
  }

  /** Ends it; resolves when the generator has ended, or its worker. */
  async return(): Promise<IteratorResult<T, undefined>> {
    this.#items.length = 0;
    this.#finish({});
    this.#end = {};
    this.#call?.ended.cancel();
    await this.#call?.left;
    return DONE;
  }

  #start(): void {
    if (this.#call !== undefined || this.#end !== undefined) return;
    this.#call = this.#begin({
      window: this.#window,
      connect: (line) => {
        this.#line = line;
        return { told: (item) => this.#take(item as T), asked() {}, ended() {} };
      },
    });
    this.#call.ended.addCallbacks(
      () => this.#finish({}),
      ({ value }) => this.#finish({ error: value }),
    );
  }

  #take(item: T): void {
    if (this.#end !== undefined) return;
    const reader = this.#readers.shift();
    if (reader === undefined) this.#items.push(item);
    else {
      this.#disposed();
      reader.resolve({ done: false, value: item });
    }
  }

  #disposed(): void {
    if (this.#end !== undefined || ++this.#owed < this.#window / 2) return;
    this.#line?.send(this.#owed);
    this.#owed = 0;
  }

  #finish(end: { readonly error?: unknown }): void {
    if (this.#end !== undefined) return;
    const [first, ...others] = this.#readers.splice(0);
    this.#end = first === undefined ? end : {};
    if ("error" in end) first?.reject(end.error);
    else first?.resolve(DONE);
    for (const reader of others) reader.resolve(DONE);
  }
}

interface Reader<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };
