import { expect } from "chai";
import { Deferred } from "skein/defer";
import { backends } from "skein/reactor";
import { afterMicrotasks } from "../support/outcomes.ts";
import { openWorld } from "../../src/testing/contract/world.ts";

for (const backend of [backends.libuv, backends.clock]) {
  describe(`the world of a case of the contract, on ${backend.name}`, () => {
    it("closes before its reactor was ever started", async () => {
      const world = openWorld(backend, {});
      await world.close();
      expect(world.reactor.running).to.equal(false);
    });

    it("closes while its reactor starts", async () => {
      const world = openWorld(backend, {});
      const stopped = world.start();
      expect(world.reactor.running).to.equal(false);
      await world.close();
      expect(stopped.called).to.equal(true);
    });

    it("closes while its reactor starts and is to stop then", async () => {
      const world = openWorld(backend, {});
      const stopped = world.start();
      world.reactor.stop();
      await world.close();
      expect(stopped.called).to.equal(true);
    });

    it("closes while startup waits for something", async () => {
      const world = openWorld(backend, {});
      world.reactor.addSystemEventTrigger("before", "startup", () => {
        const waited = new Deferred<void>();
        world.reactor.callLater(0.02, () => waited.callback());
        return waited;
      });
      const stopped = world.start();
      world.reactor.callFromThread(() => world.log.push("turned"));
      while (world.log.length === 0) await afterMicrotasks();
      await world.close();
      expect(stopped.called).to.equal(true);
    });

    it("closes while its reactor stops, and when it has stopped", async () => {
      const world = openWorld(backend, {});
      const stopped = world.start();
      while (!world.reactor.running) await afterMicrotasks();
      world.reactor.stop();
      await world.close();
      expect(stopped.called).to.equal(true);
      await world.close();
    });

    it("closes when the case has run the reactor itself", async () => {
      const world = openWorld(backend, {});
      const stopped = world.reactor.run();
      await world.close();
      expect(stopped.called).to.equal(true);
    });
  });
}

describe("the world of a case of the contract", () => {
  it("does not wait for ever for a shutdown that never ends", async () => {
    const world = openWorld(backends.clock, {});
    world.reactor.addSystemEventTrigger("before", "shutdown", () => new Deferred<void>());
    await world.pass(0.01);
    const error: unknown = await world.close().catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(Error).with.property("message").that.includes("stops");
    world.reactor.crash();
  });
});
