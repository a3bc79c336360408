import { expect } from "chai";
import { createReactor, type Reactor } from "skein";
import uptime, { askUptime } from "../../examples/uptime/uptime.ts";
import { quietly } from "../support/quietly.ts";

const HOST = "127.0.0.1";

describe("the uptime daemon", () => {
  for (const backend of ["libuv", "clock"] as const) {
    it(`says how long it has been up (${backend})`, async () => {
      const reactor: Reactor<"udp"> = createReactor(backend);
      const stopped = reactor.run();
      const { port } = (await quietly(() => uptime(reactor, { port: 0 }))).getHost();
      expect(await askUptime(reactor, HOST, port)).to.equal("up 0 s");
      reactor.stop();
      await stopped;
    });
  }

  it("has been up for a day, in no time", async () => {
    const reactor = createReactor("clock", { latency: 0.05 });
    await reactor.advance(0);
    await quietly(async () => {
      uptime(reactor);
      await reactor.advance(86_400);
    });
    const asked = askUptime(reactor, HOST, 7100);
    await reactor.advance(1);
    expect(await asked).to.equal("up 86400 s");
  });

  it("is asked again where datagrams are lost and doubled", async () => {
    let asked = 0;
    for (let seed = 0; seed < 20; seed++) {
      const trace = ({ event }: { event: string }): void => {
        if (event.startsWith("udp data 1 ")) asked++;
      };
      const datagrams = { loss: 0.3, duplicate: 0.3, reorder: 0.3 };
      const reactor = createReactor("clock", { datagrams, seed, trace });
      await reactor.advance(0);
      await quietly(async () => {
        uptime(reactor);
        await reactor.advance(0);
      });
      const answer = askUptime(reactor, HOST, 7100).addErrback(() => "nobody");
      await reactor.advance(10);
      expect(await answer).to.match(/^up [0-4] s$|^nobody$/);
    }
    expect(asked).to.be.greaterThan(20);
  });

  it("that is not there does not answer, and the question ends", async () => {
    const reactor = createReactor("clock");
    let error: unknown;
    await reactor.advance(0);
    askUptime(reactor, HOST, 7100).addErrback((failure) => (error = failure.value));
    await reactor.advance(4.9);
    expect(error).to.equal(undefined);
    await reactor.advance(0.2);
    expect(error).to.be.an("error").with.property("message", "nobody said how long they are up");
    expect(reactor.getDelayedCalls()).to.deep.equal([]);
  });
});
