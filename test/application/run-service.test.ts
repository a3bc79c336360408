import { expect } from "chai";
import { createReactor, type ReactorOptions, runService } from "skein";
import { type Failed, watch } from "../support/outcomes.ts";
import { gate, Part, tree } from "../support/services.ts";

describe("runService", () => {
  const errors: unknown[] = [];
  const options: ReactorOptions = { onError: (error) => errors.push(error) };
  beforeEach(() => (errors.length = 0));

  it("starts the service, and stops it before the reactor disconnects everything", async () => {
    const reactor = createReactor("clock", options);
    const { top, log } = tree("a b");
    reactor.addSystemEventTrigger("during", "shutdown", () => log.push("disconnected"));
    const stopped = reactor.run();
    expect(await runService(reactor, top)).to.equal(top);
    expect(top.clock).to.equal(reactor);
    reactor.stop();
    await stopped;
    expect(log).to.deep.equal(["start a", "start b", "stop b", "stop a", "disconnected"]);
    expect(errors).to.deep.equal([]);
  });

  it("leaves the service the clock that it has", () => {
    const [reactor, clock] = [createReactor("clock"), createReactor("clock")];
    const part = new Part([], { clock });
    void runService(reactor, part);
    expect(part.clock).to.equal(clock);
  });

  it("makes the reactor wait for the stop", async () => {
    const reactor = createReactor("clock", options);
    const part = new Part([], { name: "part" });
    const { hook, open } = gate();
    part.onStop = hook;
    const stopped = reactor.run();
    await runService(reactor, part);
    reactor.callLater(0, () => reactor.stop());
    reactor.callLater(30, open);
    await stopped;
    expect(reactor.seconds()).to.equal(30);
  });

  it("cancels a start that goes on when the reactor stops", async () => {
    const reactor = createReactor("clock", options);
    const part = new Part([], { name: "part" });
    const { hook, cancelled } = gate();
    part.onStart = hook;
    const stopped = reactor.run();
    const started = watch(runService(reactor, part));
    reactor.stop();
    await stopped;
    expect([cancelled(), part.state]).to.deep.equal([1, "stopped"]);
    expect((started[0] as Failed).failed).to.have.property("code", "ERR_CANCELLED");
  });

  it("fails as the start does", () => {
    const part = new Part([]);
    part.onStart = () => Promise.reject(new RangeError("no start"));
    return runService(createReactor("clock"), part).addCallbacks(
      () => expect.fail("it has started"),
      (failure) => expect(failure.value).to.be.instanceOf(RangeError),
    );
  });

  it("has the failure of the stop reported, or told to who wants to know", async () => {
    for (const told of [undefined, [] as unknown[]]) {
      const reactor = createReactor("clock", options);
      const part = new Part([]);
      part.onStop = () => Promise.reject(new RangeError("no stop"));
      const stopped = reactor.run();
      await runService(reactor, part, {
        ...(told && { onStopFailure: ({ value }) => told.push(value) }),
      });
      reactor.stop();
      await stopped;
      expect((told ?? errors).map(String)).to.deep.equal(["RangeError: no stop"]);
      if (told !== undefined) expect(errors).to.have.length(1);
    }
  });

  describe("with privileges to drop", () => {
    it("drops them between the two parts of the start", () => {
      const { top, log } = tree("a b");
      const started = runService(createReactor("clock"), top, {
        dropPrivileges: () => log.push("drop"),
      });
      expect(watch(started)).to.deep.equal([top]);
      expect(log).to.deep.equal(["prepare a", "prepare b", "drop", "start a", "start b"]);
    });

    it("does not start what could not drop them", () => {
      const { top, log } = tree("a b");
      const started = watch(
        runService(createReactor("clock"), top, {
          dropPrivileges() {
            throw new RangeError("still root");
          },
        }),
      );
      expect((started[0] as Failed).failed).to.be.instanceOf(RangeError);
      expect(log).to.deep.equal(["prepare a", "prepare b", "stop b", "stop a"]);
      expect(top.state).to.equal("stopped");
    });
  });
});
