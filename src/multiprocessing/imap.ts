/** Chunks of items, of which some are under way: their results are consumed one by one. */
import { BadOptionError } from "../core/errors.ts";
import type { Deferred } from "../defer/deferred.ts";
import { DeferredQueue } from "../defer/deferred-queue.ts";
import { Failure } from "../defer/failure.ts";

/** Has a worker do the items of a chunk. */
export type CallChunk<T, R> = (chunk: readonly T[]) => Deferred<R[]>;

/** The call of a chunk that is under way, or has ended. */
interface Call<R> {
  /** Fires when it has an outcome; never fails, as it may long before anybody asks. */
  readonly ended: Deferred<Outcome<R>>;
  cancel(): void;
}

/** Not the Failure itself, as a Deferred cannot have it for its value. */
type Outcome<R> = { readonly results: readonly R[] } | { readonly failure: Failure };

/**
 * The results of items, in their order, or as they come.
 *
 * @param window how many chunks are under way at a time, or wait to be consumed.
 */
export async function* imap<T, R>(
  callChunk: CallChunk<T, R>,
  items: Iterable<T>,
  options: { readonly chunkSize: number; readonly window: number; readonly ordered: boolean },
): AsyncGenerator<R, void> {
  const { window, ordered } = options;
  const chunks = chunksOf(items, options.chunkSize);
  const underWay: Call<R>[] = [];
  const arrivals = new DeferredQueue<Call<R>>();
  try {
    for (;;) {
      while (underWay.length < window) {
        const next = chunks.next();
        if (next.done === true) break;
        const call = begin(callChunk(next.value));
        underWay.push(call);
        if (!ordered) call.ended.addCallback((outcome) => (arrivals.put(call), outcome));
      }
      const first = underWay[0];
      if (first === undefined) return;
      const call = ordered ? first : await arrivals.get();
      const outcome = await call.ended;
      underWay.splice(underWay.indexOf(call), 1);
      if ("failure" in outcome) throw outcome.failure.value;
      yield* outcome.results;
    }
  } finally {
    for (const call of underWay) call.cancel();
    chunks.return();
  }
}

function* chunksOf<T>(items: Iterable<T>, chunkSize: number): Generator<readonly T[], void> {
  if (!(Number.isInteger(chunkSize) && chunkSize > 0)) {
    throw new BadOptionError(`a chunk has 1 or more items, not ${chunkSize}`);
  }
  let chunk: T[] = [];
  for (const item of items) {
    if (chunk.push(item) < chunkSize) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

function begin<R>(call: Deferred<R[]>): Call<R> {
  const ended = call.addBoth((result): Outcome<R> =>
    result instanceof Failure ? { failure: result } : { results: result },
  );
  return { ended: ended, cancel: () => call.cancel() };
}
