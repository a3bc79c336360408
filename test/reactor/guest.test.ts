import { expect } from "chai";
import { fail, onUnhandledFailure } from "skein/defer";
import { Factory, LineReceiver } from "skein/protocols";
import {
  BadOptionError,
  backends,
  createReactor,
  type DelayedCall,
  guest,
  type Reactor,
  TurnInProgressError,
} from "skein/reactor";
import { LineClient } from "skein/testing";

/** A page's frames, sixty a second, made by hand. */
class Frames {
  count = 0;

  seconds(): number {
    return this.count / 60;
  }

  async drive(reactor: Reactor<"guest">): Promise<void> {
    while (reactor.nextTurn() < Infinity) {
      reactor.iterate();
      this.count++;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

describe("a guest", () => {
  it("is driven by a frame loop, from its start to its stop", async () => {
    const frames = new Frames();
    const reactor = createReactor(guest(frames));
    const seen: string[] = [];
    for (const phase of ["before", "during", "after"] as const) {
      for (const event of ["startup", "shutdown"] as const) {
        reactor.addSystemEventTrigger(phase, event, () => seen.push(`${phase} ${event}`));
      }
    }
    const stopped = reactor.run().addCallback(() => seen.push("stopped"));
    reactor.callLater(0.5, () => {
      seen.push(`frame ${frames.count}`);
      reactor.stop();
    });
    expect(seen).to.deep.equal([]);
    await frames.drive(reactor);
    expect(seen).to.deep.equal([
      "before startup",
      "during startup",
      "after startup",
      "frame 30",
      "before shutdown",
      "during shutdown",
      "after shutdown",
      "stopped",
    ]);
    await stopped;
  });

  it("does nothing between its turns, and in each what was due when it began", () => {
    const host = { now: 0, seconds: () => host.now };
    const reactor = createReactor(guest(host));
    const seen: string[] = [];
    reactor.run();
    reactor.callFromThread(() => seen.push("from a thread"));
    const again = (): void => {
      seen.push("again");
      reactor.callLater(0, again);
    };
    reactor.callLater(1, again);
    expect(reactor.iterate()).to.equal(2);
    host.now = 1;
    expect(seen.splice(0)).to.deep.equal(["from a thread"]);
    expect([reactor.iterate(), reactor.iterate()]).to.deep.equal([1, 1]);
    expect(seen).to.deep.equal(["again", "again"]);
    reactor.crash();
  });

  it("says when it next wants a turn, and tells a host that would rather sleep", () => {
    const told: number[] = [];
    const host = { now: 0, seconds: () => host.now, wakeAt: (when: number) => told.push(when) };
    const reactor = createReactor(guest(host));
    const asked = (): number[] => [...told.splice(0), reactor.nextTurn()];
    const far = reactor.callLater(5, () => {});
    expect(asked()).to.deep.equal([Infinity]);
    reactor.run();
    expect(asked()).to.deep.equal([-Infinity, -Infinity]);
    reactor.iterate();
    expect(asked()).to.deep.equal([5, 5]);
    const near = reactor.callLater(2, () => {});
    expect(asked()).to.deep.equal([2, 2]);
    near.cancel();
    far.reset(7);
    expect(asked().at(-1)).to.equal(7);
    reactor.callFromThread(() => {});
    expect(asked()).to.deep.equal([-Infinity, -Infinity]);
    reactor.crash();
    expect(reactor.nextTurn()).to.equal(Infinity);
    expect(reactor.iterate()).to.equal(0);
  });

  it("lives in the time of another reactor, when that makes its turns", async () => {
    const world = createReactor("clock");
    let alarm: DelayedCall | undefined;
    const reactor = createReactor(
      guest({
        seconds: () => world.seconds(),
        wakeAt(when) {
          if (alarm?.active === true) alarm.cancel();
          const delay = Math.max(when - world.seconds(), 0);
          alarm = world.callLater(delay, () => reactor.iterate());
        },
      }),
    );
    const seen: string[] = [];
    const stopped = reactor.run().addCallback(() => seen.push(`stopped, at ${world.seconds()}`));
    reactor.callLater(2, () => seen.push(`guest, at ${reactor.seconds()}`));
    world.callLater(2.5, () => seen.push(`host, at ${world.seconds()}`));
    reactor.callLater(3, () => reactor.stop());
    await world.advance(10);
    expect(seen).to.deep.equal(["guest, at 2", "host, at 2.5", "stopped, at 3"]);
    await stopped;
  });

  it("has what another backend can do beside its loop", async () => {
    const frames = new Frames();
    const reactor = createReactor(guest(frames, backends.libuv));
    class Shout extends LineReceiver {
      override delimiter = "\n";
      override lineReceived(line: string): void {
        this.sendLine(line.toUpperCase());
      }
    }
    const stopped = reactor.run();
    const driven = frames.drive(reactor);
    const port = await reactor.listenTCP(0, Factory.forProtocol(Shout), {
      interface: "127.0.0.1",
    });
    const client = await LineClient.dial(reactor, port.getHost().port);
    client.say("hello");
    expect(await client.heard("HELLO", 3600)).to.equal("HELLO");
    reactor.stop();
    await driven;
    await stopped;
    expect(String(await client.ended)).to.match(/ConnectionLostError/);
  });

  it("cannot be made of what has a time of its own", () => {
    const make = (): void => void guest(new Frames(), backends.clock);
    expect(make).to.throw(BadOptionError, /"clock"/);
  });

  it("does not turn from inside its own turn", () => {
    const errors: unknown[] = [];
    const reactor = createReactor(guest(new Frames()), { onError: (error) => errors.push(error) });
    reactor.run();
    reactor.callLater(0, () => reactor.iterate());
    reactor.iterate();
    expect(errors).to.have.lengthOf(1);
    expect(errors[0]).to.be.instanceOf(TurnInProgressError);
    expect(reactor.iterate()).to.equal(0);
    reactor.crash();
  });

  it("has failures reported that a turn left unhandled", async () => {
    const reported: string[] = [];
    const restore = onUnhandledFailure(({ message }) => reported.push(message));
    const frames = new Frames();
    const reactor = createReactor(guest(frames));
    const stopped = reactor.run();
    reactor.callLater(0.1, () => {
      fail(new Error("left"));
      reactor.callLater(0.1, () => reactor.stop());
    });
    await frames.drive(reactor);
    await stopped;
    restore();
    expect(reported).to.deep.equal(["Error: left"]);
  });
});
