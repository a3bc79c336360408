/** A circle of tasklets, in a thread. */
import { DeferredQueue, gatherResults, inlineCallbacks } from "skein/defer";
import { deferLater } from "skein/task";
import { type Queue, QueueShutDownError } from "skein/threading";
import { workerReactor } from "skein/threads/worker";

export interface Ball {
  /** Through how many circles it has still to go. */
  readonly circles: number;
}

/**
 * Plays until the ball has gone through all its circles. Tells how often it was caught here.
 *
 * @param gap where the ball comes from; @param next where it goes to.
 */
export async function circle(
  tasklets: number,
  gap: Queue<Ball>,
  next: Queue<Ball>,
): Promise<number> {
  const reactor = await workerReactor();
  /** What each of them catches: a ball, or nothing, for the end. */
  const hands = Array.from({ length: tasklets }, () => new DeferredQueue<Ball | undefined>());

  const play = inlineCallbacks(function* (mine: DeferredQueue<Ball | undefined>, at: number) {
    yield* deferLater(reactor, 0.05, () => {}); // all of them sleep, at the same time
    for (let caught = 0; ; caught++) {
      const ball = yield* mine.get();
      if (ball === undefined) return caught;
      yield* deferLater(reactor, 0, () => {}); // the others have their turn
      const neighbour = hands[at + 1];
      if (neighbour !== undefined) neighbour.put(ball);
      else if (ball.circles > 1) yield* next.put({ circles: ball.circles - 1 });
      else gap.shutdown();
    }
  });

  /** The end goes round as the ball does: each thread tells the next. */
  const receive = inlineCallbacks(function* () {
    try {
      for (;;) hands[0]?.put(yield* gap.get());
    } catch (error) {
      if (!(error instanceof QueueShutDownError)) throw error;
      next.shutdown();
      for (const hand of hands) hand.put(undefined);
    }
  });

  const [counts] = await gatherResults([gatherResults(hands.map(play)), receive()]);
  return counts.reduce((sum, caught) => sum + caught, 0);
}
