import { expect } from "chai";
import { AlreadyCancelledError, AlreadyRunError, createReactor } from "skein/reactor";

describe("a delayed call", () => {
  it("27: reset() moves it to so much from now", async () => {
    const reactor = createReactor("clock");
    const times: number[] = [];
    const call = reactor.callLater(5, () => times.push(reactor.seconds()));
    await reactor.advance(4);
    call.reset(3);
    expect(call.getTime()).to.equal(7);
    call.reset(2);
    await reactor.advance(10);
    expect(times).to.deep.equal([6]);
  });

  it("27: delay() adds to the time it is scheduled for", async () => {
    const reactor = createReactor("clock");
    const times: number[] = [];
    const call = reactor.callLater(5, () => times.push(reactor.seconds()));
    await reactor.advance(4);
    call.delay(3);
    expect(call.getTime()).to.equal(8);
    call.delay(2);
    await reactor.advance(10);
    expect(times).to.deep.equal([10]);
  });

  it("28: is inactive inside its own function, and cannot be cancelled or moved", async () => {
    const reactor = createReactor("clock");
    const seen: boolean[] = [];
    const call = reactor.callLater(1, () => {
      seen.push(call.active);
      for (const attempt of [() => call.cancel(), () => call.reset(1), () => call.delay(1)]) {
        expect(attempt).to.throw(AlreadyRunError);
      }
      seen.push(reactor.getDelayedCalls().length > 0);
    });
    expect(call.active).to.equal(true);
    await reactor.advance(1);
    expect(seen).to.deep.equal([false, false]);
    expect(() => call.cancel()).to.throw(AlreadyRunError);
  });

  it("28: is inactive once it is cancelled", () => {
    const call = createReactor("clock").callLater(1, () => {});
    call.cancel();
    expect(call.active).to.equal(false);
    expect(() => call.cancel()).to.throw(AlreadyCancelledError);
  });

  it("29: without a delay from within a call waits for the next turn", async () => {
    const turns: string[] = [];
    const reactor = createReactor("clock", {
      trace: ({ at, event }) => turns.push(`${at} ${event}`),
    });
    reactor.callLater(1, () => reactor.callLater(0, () => reactor.callLater(0, () => {})));
    reactor.callLater(1, () => {});
    await reactor.advance(2);
    // The first turn starts the reactor.
    expect(turns).to.deep.equal(["0 turn 1", "1 turn 2", "1 turn 1", "1 turn 1"]);
  });

  it("29: of an equal time is made in the order of the starts", async () => {
    const reactor = createReactor("clock");
    const log: number[] = [];
    const calls = Array.from({ length: 100 }, (_, i) => reactor.callLater(1, () => log.push(i)));
    // One that is moved counts as started then.
    calls[50]?.reset(1);
    await reactor.advance(1);
    const order = Array.from({ length: 100 }, (_, i) => i).filter((i) => i !== 50);
    expect(log).to.deep.equal([...order, 50]);
  });

  it("30: sees its own time, one after the other, however far time advances", async () => {
    const reactor = createReactor("clock");
    const times: number[] = [];
    for (const delay of [1, 2, 3]) {
      reactor.callLater(delay, () => {
        times.push(reactor.seconds());
        reactor.callLater(0, () => times.push(reactor.seconds()));
      });
    }
    await reactor.advance(10);
    expect(times).to.deep.equal([1, 1, 2, 2, 3, 3]);
  });
});
