import { expect } from "chai";
import { Deferred, inlineCallbacks } from "skein/defer";
import { createReactor, guest, type Reactor } from "skein/reactor";
import { LoopingCall } from "skein/task";

// The tests are compiled without the names of pages, which would hide mistakes in all the others.
declare function requestAnimationFrame(f: () => void): number;

const seconds = (): number => performance.now() / 1000;

interface OnFrames {
  readonly reactor: Reactor<"guest">;
  /** Fires when it has stopped. */
  readonly stopped: Deferred<void>;
  /** How many there were. */
  readonly frames: () => number;
}

/** Runs a reactor that makes a turn with each frame of the page, until it has stopped. */
function onFrames(): OnFrames {
  let frames = 0;
  const reactor = createReactor(guest({ seconds }));
  const stopped = reactor.run();
  const frame = (): void => {
    frames++;
    reactor.iterate();
    if (!stopped.called) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  return { reactor, stopped, frames: () => frames };
}

describe("a guest of a page's animation frames", () => {
  it("runs its calls in frames, and none before its time", async () => {
    const { reactor, stopped, frames } = onFrames();
    const begun = seconds();
    let ran: { atFrame: number; after: number } | undefined;
    reactor.callLater(0.05, () => {
      ran = { atFrame: frames(), after: seconds() - begun };
      reactor.stop();
    });
    await stopped;
    expect(ran?.atFrame).to.be.greaterThan(1);
    expect(ran?.after).to.be.at.least(0.05);
  });

  it("keeps a LoopingCall going, one step at a time", async () => {
    const { reactor, stopped, frames } = onFrames();
    const at: number[] = [];
    const loop = new LoopingCall(reactor, () => {
      at.push(frames());
      if (at.length === 4) loop.stop();
    });
    await loop.start(0);
    expect(at).to.have.length(4);
    // Each step in a frame of its own, but for the first, which is made at once.
    expect(new Set(at).size).to.equal(4);
    reactor.stop();
    await stopped;
  });

  it("drives a coroutine that waits for it, and one that is cancelled meanwhile", async () => {
    const { reactor, stopped } = onFrames();
    const pause = (delay: number): Deferred<void> => {
      const deferred = new Deferred<void>(() => call.cancel());
      const call = reactor.callLater(delay, () => deferred.callback());
      return deferred;
    };
    const add = inlineCallbacks(function* () {
      yield pause(0.01);
      yield pause(0.01);
      return "both";
    });
    const wait = inlineCallbacks(async () => {
      await pause(1000);
    });
    const waiting = wait();
    expect(await add()).to.equal("both");
    waiting.cancel();
    const outcome = await waiting.addErrback((failure) => failure.message);
    expect(outcome).to.equal("CancelledError: the operation was cancelled");
    reactor.stop();
    await stopped;
  });
});
