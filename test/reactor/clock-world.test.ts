import { expect } from "chai";
import { Deferred } from "skein/defer";
import { Factory, LineReceiver, Protocol } from "skein/protocols";
import {
  BadOptionError,
  ClockBusyError,
  ClockStuckError,
  ClockWorld,
  createReactor,
  MetaReactor,
  type Reactor,
} from "skein/reactor";
import { LineClient } from "skein/testing";

class Shout extends LineReceiver {
  override delimiter = "\n";
  override lineReceived(line: string): void {
    this.sendLine(line.toUpperCase());
  }
}

/** Reactors of one world that run, by name. */
function running(world: ClockWorld, ...names: string[]): [string, Reactor<"clock" | "tcp">][] {
  return names.map((name) => {
    const reactor = createReactor("clock", { world });
    reactor.run();
    return [name, reactor];
  });
}

describe("a world of several clocks", () => {
  it("has one time, in which all that run make their calls", async () => {
    const seen: string[] = [];
    const all = running(new ClockWorld(), "a", "b", "c");
    for (const [i, [name, reactor]] of all.entries()) {
      reactor.callLater(3 - i, () => seen.push(`${name} at ${reactor.seconds()}`));
    }
    await Promise.all(
      all.map(async ([, reactor]) => {
        const ended = new Deferred<void>();
        reactor.addSystemEventTrigger("after", "shutdown", () => ended.callback());
        await ended;
      }),
    );
    expect(seen).to.deep.equal(["c at 1", "b at 2", "a at 3"]);
    expect(all.map(([, reactor]) => reactor.seconds())).to.deep.equal([3, 3, 3]);
  });

  it("is advanced by whichever of its reactors, one at a time", async () => {
    const world = new ClockWorld();
    const [a, b] = [createReactor("clock", { world }), createReactor("clock", { world })];
    const seen: string[] = [];
    a.callLater(1, () => seen.push("a"));
    b.callLater(2, () => seen.push("b"));
    await a.advance(1.5);
    expect(seen.splice(0)).to.deep.equal(["a"]);
    expect(b.running).to.equal(false);
    const first = b.advance(1);
    expect(() => a.advance(1)).to.throw(ClockBusyError);
    await first;
    expect(seen).to.deep.equal(["b"]);
    expect([a.seconds(), b.seconds()]).to.deep.equal([2.5, 2.5]);
  });

  it("has turns at one instant made in the order of the starts", async () => {
    const seen: string[] = [];
    const world = new ClockWorld();
    const [a, b] = [createReactor("clock", { world }), createReactor("clock", { world })];
    for (const [name, reactor] of Object.entries({ a, b })) {
      for (const call of [1, 2]) {
        reactor.callLater(1, () => {
          seen.push(`${name}${call}`);
          void Promise.resolve().then(() => seen.push(`${name}${call} later`));
        });
      }
    }
    b.run();
    await a.run();
    expect(seen.slice(0, 4)).to.have.members(["b1", "b2", "b1 later", "b2 later"]);
    expect(seen.slice(4)).to.have.members(["a1", "a2", "a1 later", "a2 later"]);
  });

  it("has one network: daemons on two reactors talk, and share the ports", async () => {
    const world = new ClockWorld({ latency: 0.1 });
    const [server, other] = [createReactor("clock", { world }), createReactor("clock", { world })];
    const both = new MetaReactor([server, other]);
    const stopped = both.run();
    await server.listenTCP(7, Factory.forProtocol(Shout));
    const client = await LineClient.dial(other, 7);
    client.say("hello");
    expect(await client.heard("HELLO")).to.equal("HELLO");
    expect(other.seconds()).to.be.closeTo(0.4, 1e-9);
    const taken = await other
      .listenTCP(7, Factory.forProtocol(Shout))
      .addErrback(({ value }) => (value as { reason: string }).reason);
    expect(taken).to.equal("EADDRINUSE");
    both.stop();
    await stopped;
  });

  it("reports the errors of a connection's end to its own reactor", async () => {
    const world = new ClockWorld();
    const errors: string[] = [];
    const make = (name: string): Reactor<"clock" | "tcp"> =>
      createReactor("clock", {
        world,
        onError: (error) => errors.push(`${name}: ${String(error)}`),
      });
    const [server, other] = [make("server"), make("other")];
    const both = new MetaReactor([server, other]);
    const stopped = both.run();
    class Faulty extends Protocol {
      override dataReceived(): void {
        throw new Error("faulty");
      }
    }
    await server.listenTCP(7, Factory.forProtocol(Faulty));
    const client = await LineClient.dial(other, 7);
    client.say("hello");
    await client.ended;
    expect(errors).to.deep.equal(["server: Error: faulty"]);
    both.stop();
    await stopped;
  });

  it("goes on when one of its reactors stops, or crashes", async () => {
    const world = new ClockWorld();
    const [a, b] = [createReactor("clock", { world }), createReactor("clock", { world })];
    for (const reactor of [a, b]) reactor.run();
    let beats = 0;
    const beat = (): void => {
      if (++beats === 10) b.stop();
      else b.callLater(1, beat);
    };
    b.callLater(1, beat);
    a.callLater(2, () => a.crash());
    const over = new Deferred<void>();
    b.addSystemEventTrigger("after", "shutdown", () => over.callback());
    await over;
    expect(a.running).to.equal(false);
    expect(b.seconds()).to.equal(10);
  });

  it("stops the one started last, then those before, when it has become idle", async () => {
    const seen: string[] = [];
    const all = running(new ClockWorld(), "a", "b", "c");
    const ends = all.map(([name, reactor]) => {
      const ended = new Deferred<void>();
      reactor.addSystemEventTrigger("after", "shutdown", () => {
        seen.push(name);
        ended.callback();
      });
      return ended;
    });
    await Promise.all(ends);
    expect(seen).to.deep.equal(["c", "b", "a"]);
  });

  it("fails all that run when a program lets no time pass", async () => {
    const world = new ClockWorld({ turnsAtOnceMax: 100 });
    const [a, b] = [createReactor("clock", { world }), createReactor("clock", { world })];
    const again = (): void => void a.callLater(0, again);
    a.callLater(1, again);
    const errors = await Promise.all(
      [a, b].map(async (reactor) => reactor.run().addErrback(({ value }) => value)),
    );
    for (const error of errors) expect(error).to.be.instanceOf(ClockStuckError);
  });

  it("tells in its trace whose turn it was, and equal programs give equal traces", async () => {
    const trace = async (): Promise<string[]> => {
      const events: string[] = [];
      const world = new ClockWorld({ trace: ({ at, event }) => events.push(`${at} ${event}`) });
      const [a, b] = [createReactor("clock", { world }), createReactor("clock", { world })];
      const both = new MetaReactor([a, b]);
      const stopped = both.run();
      await b.listenTCP(7, Factory.forProtocol(Shout));
      (await LineClient.dial(a, 7)).say("hello");
      a.callLater(1, () => {});
      b.callLater(1, () => {});
      await stopped;
      return events;
    };
    const first = await trace();
    expect(first.filter((event) => event.startsWith("1 turn")).slice(0, 2)).to.deep.equal([
      "1 turn 1",
      "1 turn 1 of reactor 2",
    ]);
    expect(await trace()).to.deep.equal(first);
  });

  it("keeps its options to itself", () => {
    const world = new ClockWorld();
    expect(() => createReactor("clock", { world, latency: 1 })).to.throw(BadOptionError, /latency/);
  });
});
