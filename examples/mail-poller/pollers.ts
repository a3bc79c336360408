/**
 * The same program five times: look into a mailbox every so many seconds, and tell of new letters,
 * until told to stop. It shows what each manner of waiting costs to read.
 *
 * All begin at once, tell of a look that failed, and wait behind each look, so that a slow mailbox
 * is asked less often. What they return stops them: nothing is told, or left to happen, afterwards.
 */
import {
  type Deferred,
  deferLater,
  deferToThread,
  type DelayedCall,
  inlineCallbacks,
  type Reactor,
  ThreadPool,
  worker,
} from "skein";

/** Where a look takes place: on the reactor, or in a thread. */
export type Look = () => Deferred<number>;

export interface Told {
  readonly letters: (count: number) => void;
  readonly failed: (error: unknown) => void;
}

export type Poller = (reactor: Reactor, seconds: number, look: Look, told: Told) => () => void;

/** By callbacks alone: the order of what happens is the reader's to piece together. */
export const byCallbacks: Poller = (reactor, seconds, look, told) => {
  let next: DelayedCall | undefined;
  let looking: Deferred<void> | undefined;
  let stopped = false;
  function again(): void {
    if (!stopped) next = reactor.callLater(seconds, poll);
  }
  function poll(): void {
    looking = look().addCallbacks(
      (count) => {
        told.letters(count);
        again();
      },
      (failure) => {
        if (!stopped) told.failed(failure.value);
        again();
      },
    );
  }
  poll();
  return () => {
    stopped = true;
    looking?.cancel();
    if (next?.active === true) next.cancel();
  };
};

/** By one chain for a round: looking, telling and waiting come one below the other. */
export const byDeferreds: Poller = (reactor, seconds, look, told) => {
  let round: Deferred<unknown>;
  let stopped = false;
  function poll(): void {
    round = look()
      .addCallbacks(told.letters, (failure) => {
        if (!stopped) told.failed(failure.value);
      })
      .addCallback(() => (stopped ? undefined : deferLater(reactor, seconds, poll)))
      // Stopping cancels whatever the round waits for.
      .addErrback((failure) => {
        if (!stopped) return failure;
        return undefined;
      });
  }
  poll();
  return () => {
    stopped = true;
    round.cancel();
  };
};

/** By a coroutine: a loop, as one would write it if looking took no time. */
export const byInlineCallbacks: Poller = (reactor, seconds, look, told) => {
  const poll = inlineCallbacks(function* () {
    for (;;) {
      try {
        told.letters(yield* look());
      } catch (error) {
        if (stopped) return;
        told.failed(error);
      }
      yield* deferLater(reactor, seconds, () => {});
    }
  });
  let stopped = false;
  const polling = poll();
  polling.addErrback((failure) => {
    if (!stopped) return failure;
    return undefined;
  });
  return () => {
    stopped = true;
    polling.cancel();
  };
};

/** What looks into a folder, which holds the thread that does it. */
const maildir = worker<typeof import("./maildir.ts")>(new URL("./maildir.ts", import.meta.url));

/** By a thread of its own: the loop is here, what takes time is there. */
export function byThread(
  reactor: Reactor<"threads">,
  seconds: number,
  folder: string,
  told: Told,
): () => void {
  const thread = new ThreadPool(reactor, { max: 1 });
  const stop = byCallbacks(reactor, seconds, () => thread.call(maildir.countLetters, folder), told);
  return () => {
    stop();
    thread.stop();
  };
}

/** By the threads that the reactor has anyway. */
export function byDeferToThread(
  reactor: Reactor<"threads">,
  seconds: number,
  folder: string,
  told: Told,
): () => void {
  const look: Look = () => deferToThread(reactor, maildir.countLetters, folder);
  return byInlineCallbacks(reactor, seconds, look, told);
}
