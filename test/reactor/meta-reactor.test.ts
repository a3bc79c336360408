import { expect } from "chai";
import { Deferred } from "skein/defer";
import {
  ClockWorld,
  createReactor,
  MetaReactor,
  type Reactor,
  ReactorAlreadyRunningError,
  ReactorNotRunningError,
} from "skein/reactor";

/** Three reactors in one time, and what they go through. */
function three(): { members: Reactor<"clock">[]; log: string[]; meta: MetaReactor } {
  const log: string[] = [];
  const world = new ClockWorld();
  const members = ["a", "b", "c"].map((name) => {
    const reactor = createReactor("clock", { world });
    watch(name, reactor, log);
    return reactor;
  });
  return { members, log, meta: new MetaReactor(members) };
}

function watch(name: string, reactor: Reactor, log: string[]): void {
  reactor.addSystemEventTrigger("during", "startup", () => log.push(`${name} starts`));
  reactor.addSystemEventTrigger("before", "shutdown", () => log.push(`${name} stops`));
  reactor.addSystemEventTrigger("after", "shutdown", () => log.push(`${name} has stopped`));
}

const STARTS = ["a starts", "b starts", "c starts"];
const STOPS = ["c", "b", "a"].flatMap((name) => [`${name} stops`, `${name} has stopped`]);

describe("a meta-reactor", () => {
  it("starts its members in order, and stops them in the opposite one", async () => {
    const { members, log, meta } = three();
    members[0]?.callLater(5, () => {
      log.push("5 s");
      meta.stop();
      log.push("stop() returned");
    });
    const stopped = meta.run();
    expect(log).to.deep.equal([]);
    await stopped;
    expect(log).to.deep.equal([...STARTS, "5 s", "stop() returned", ...STOPS]);
  });

  it("starts a member when the one before it has started", async () => {
    const { members, log, meta } = three();
    const slow = new Deferred<void>();
    members[0]?.addSystemEventTrigger("before", "startup", () => {
      members[0]?.callLater(3, () => slow.callback());
      return slow;
    });
    members[2]?.callWhenRunning(() => log.push(`at ${members[2]?.seconds()}`));
    await meta.run();
    expect(log.slice(0, 4)).to.deep.equal([...STARTS, "at 3"]);
  });

  it("stops a member when the one after it has stopped", async () => {
    const { members, log, meta } = three();
    const slow = new Deferred<void>();
    members[2]?.addSystemEventTrigger("during", "shutdown", () => {
      members[2]?.callLater(3, () => slow.callback());
      return slow;
    });
    members[1]?.addSystemEventTrigger("before", "shutdown", () => {
      log.push(`at ${members[1]?.seconds()}`);
    });
    members[0]?.callLater(1, () => meta.stop());
    await meta.run();
    expect(log.slice(4)).to.deep.equal(["c has stopped", "b stops", "at 4", ...STOPS.slice(3)]);
  });

  it("runs when all members run", async () => {
    const { members, meta } = three();
    expect(meta.running).to.equal(false);
    const seen: boolean[] = [];
    for (const reactor of members) reactor.callWhenRunning(() => seen.push(meta.running));
    await meta.run();
    expect([...seen, meta.running]).to.deep.equal([false, false, true, false]);
  });

  it("stops all when one stops by itself", async () => {
    const { members, log, meta } = three();
    members[1]?.callLater(1, () => members[1]?.stop());
    await meta.run();
    expect(log.slice(3)).to.deep.equal([
      "b stops",
      "b has stopped",
      "c stops",
      "c has stopped",
      "a stops",
      "a has stopped",
    ]);
  });

  it("stops the others when one fails, then fails with its error", async () => {
    const { members, log, meta } = three();
    const error = new Error("fell over");
    members[1]?.callLater(1, () => members[1]?.crash(error));
    const caught: unknown = await meta.run().addErrback(({ value }) => value);
    expect(caught).to.equal(error);
    expect(log.slice(3)).to.deep.equal(["c stops", "c has stopped", "a stops", "a has stopped"]);
  });

  it("does not start the rest when one fails while it starts, or is running already", async () => {
    const { members, log, meta } = three();
    const [a, b] = members;
    b?.addSystemEventTrigger("before", "startup", () => b.crash(new Error("no start")));
    const caught: unknown = await meta.run().addErrback(({ message }) => message);
    expect(caught).to.equal("Error: no start");
    expect(log.splice(0)).to.deep.equal(["a starts", "a stops", "a has stopped"]);
    const alone = b?.run();
    expect(await meta.run().addErrback(({ value }) => value)).to.be.instanceOf(
      ReactorAlreadyRunningError,
    );
    expect(a?.running).to.equal(false);
    await alone;
  });

  it("does not start the rest when it is stopped while it starts", async () => {
    const { members, log, meta } = three();
    members[0]?.addSystemEventTrigger("during", "startup", () => meta.stop());
    await meta.run();
    expect(log).to.deep.equal(["a starts", "a stops", "a has stopped"]);
  });

  it("can be run again; but not twice at once, and is stopped only once", async () => {
    const { members, meta } = three();
    for (let round = 0; round < 2; round++) {
      expect(() => meta.stop()).to.throw(ReactorNotRunningError);
      const stopped = meta.run();
      expect(() => meta.run()).to.throw(ReactorAlreadyRunningError);
      const running = new Deferred<void>();
      members[2]?.callWhenRunning(() => running.callback());
      await running;
      meta.stop();
      expect(() => meta.stop()).to.throw(ReactorNotRunningError);
      expect(() => meta.run()).to.throw(ReactorAlreadyRunningError);
      await stopped;
    }
  });

  it("joins different backends", async () => {
    const log: string[] = [];
    const members = [createReactor("libuv"), createReactor("timer"), createReactor("libuv")];
    for (const [i, reactor] of members.entries()) watch("abc".charAt(i), reactor, log);
    const meta = new MetaReactor(members);
    members[1]?.callLater(0.005, () => meta.stop());
    await meta.run();
    expect(log).to.deep.equal([...STARTS, ...STOPS]);
  });

  it("without members ends at once", async () => {
    await new MetaReactor([]).run();
  });
});
