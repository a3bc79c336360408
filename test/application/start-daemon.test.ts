import { expect } from "chai";
import { CancelledError, Deferred } from "skein/defer";
import { createReactor, defineDaemon, type Reactor, startDaemon } from "skein";
import { collectUnhandled, type Failed, watch } from "../support/outcomes.ts";
import { Part } from "../support/services.ts";

describe("startDaemon", () => {
  const unhandled = collectUnhandled();
  afterEach(() => expect(unhandled).to.deep.equal([]));
  const options = { port: { type: "number", default: 1, help: "" } } as const;

  it("gives what a daemon builds that is no service", async () => {
    const daemon = defineDaemon({ options, build: (_reactor: Reactor, { port }) => port });
    expect(await startDaemon(createReactor("clock"), daemon, { port: 7 })).to.equal(7);
    expect(await startDaemon(createReactor("clock"), daemon)).to.equal(1);
    expect(await startDaemon(createReactor("clock"), () => Promise.resolve("plain"))).to.equal(
      "plain",
    );
  });

  for (const wrap of [(part: Part) => part, (part: Part) => Promise.resolve(part)] as const) {
    it(`starts a service, and stops it with the reactor (${String(wrap)})`, async () => {
      const reactor = createReactor("clock");
      const part = new Part([], { name: "part" });
      const stopped = reactor.run();
      reactor.callLater(1, () => reactor.stop());
      expect(await startDaemon(reactor, () => wrap(part))).to.equal(part);
      expect(part.running).to.equal(true);
      await stopped;
      expect(part.log).to.deep.equal(["start part", "stop part"]);
    });
  }

  it("does not start a service that comes when the reactor stops", async () => {
    const reactor = createReactor("clock");
    const part = new Part([], { name: "part" });
    const built = new Deferred<Part>();
    const stopped = reactor.run();
    const started = watch(startDaemon(reactor, () => built));
    reactor.addSystemEventTrigger("during", "shutdown", () => built.callback(part));
    reactor.stop();
    await stopped;
    expect((started[0] as Failed).failed).to.be.instanceOf(CancelledError);
    expect(part.log).to.deep.equal([]);
  });

  it("fails as the daemon does", () => {
    const daemon = (): never => {
      throw new RangeError("cannot be built");
    };
    const [outcome] = watch(startDaemon(createReactor("clock"), daemon));
    expect((outcome as Failed).failed).to.be.instanceOf(RangeError);
  });
});
