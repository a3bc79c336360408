import { expect } from "chai";
import { createReactor, deferLater, startDaemon, type Reactor } from "skein";
import { LineClient } from "skein/testing";
import { Site } from "skein/web";
import loading, { Load } from "../../examples/load/load.ts";
import { quietly } from "../support/quietly.ts";

interface Served {
  readonly url: string;
  /** How many were asked for at a time, at the most. */
  readonly seen: { busy: number; most: number; all: number };
}

/** A page that takes so long. */
async function serve(reactor: Reactor<"tcp">, seconds: number): Promise<Served> {
  const seen = { busy: 0, most: 0, all: 0 };
  const site = new Site(reactor, (_request, response) => {
    seen.all++;
    seen.most = Math.max(seen.most, ++seen.busy);
    reactor.callLater(seconds, () => {
      seen.busy--;
      response.end("ok");
    });
  });
  const port = await reactor.listenTCP(0, site, { interface: "127.0.0.1" });
  return { url: `http://127.0.0.1:${port.getHost().port}/`, seen };
}

describe("the load tool", () => {
  it("has so many clients, and others when it is told so", async () => {
    const reactor = createReactor("clock");
    const stopped = reactor.run();
    const { url, seen } = await serve(reactor, 0.5);
    const load = new Load(reactor, new URL(url), 10);
    await load.startService();
    await deferLater(reactor, 100.25);
    expect(seen.most).to.equal(10);
    expect(load.report()).to.deep.include({ requests: 2000, failed: 0 });
    expect(load.report().medianMs).to.be.closeTo(500, 25);
    load.setClients(30);
    await deferLater(reactor, 10);
    expect([seen.most, load.clients]).to.deep.equal([30, 30]);
    load.setClients(2);
    await deferLater(reactor, 9.9);
    expect([seen.busy, load.clients]).to.deep.equal([2, 2]);
    await load.stopService();
    expect([seen.busy, load.clients]).to.deep.equal([0, 0]);
    reactor.stop();
    await stopped;
  });

  it("counts what fails, and goes on when the server is back", async () => {
    const reactor = createReactor("clock");
    const stopped = reactor.run();
    const load = new Load(reactor, new URL("http://127.0.0.1:81/"), 1);
    await load.startService();
    await deferLater(reactor, 9.5);
    expect(load.report()).to.deep.include({ requests: 10, failed: 10 });
    await reactor.listenTCP(
      81,
      new Site(reactor, (_request, response) => {
        reactor.callLater(0.1, () => response.end());
      }),
    );
    await deferLater(reactor, 10);
    expect(load.report().requests).to.be.greaterThan(90);
    expect(load.report().failed).to.equal(10);
    await load.stopService();
    reactor.stop();
    await stopped;
  });

  for (const backend of ["libuv", "clock"] as const) {
    it(`takes lines, and stops with every answer (${backend})`, async () => {
      const reactor = createReactor(backend, { drainSeconds: 5 });
      const stopped = reactor.run();
      const { url, seen } = await serve(reactor, 0.02);
      const control = 7200;
      const printed: string[] = [];
      const { log } = console;
      console.log = (line: string) => printed.push(line);
      try {
        await startDaemon(reactor, loading, { url, clients: 3, control });
        const guest = await LineClient.dial(reactor, control);
        guest.say("clients 5");
        await guest.heard("clients: 5");
        guest.say("what");
        await guest.heard("say: clients N");
        await deferLater(reactor, 0.2);
        guest.say("report");
        expect(await guest.heard("requests")).to.match(/^\d+ requests in .* 0 failed, median/);
        guest.say("stop");
        await stopped;
      } finally {
        console.log = log;
      }
      expect(seen.busy).to.equal(0);
      expect(printed).to.have.lengthOf(1);
      expect(printed[0]).to.include(`load: ${seen.all} requests in`).and.include(" 0 failed");
    });
  }

  it("ends by itself after so many seconds", async () => {
    const reactor = createReactor("clock");
    const stopped = reactor.run();
    const { url } = await serve(reactor, 0.5);
    await quietly(async () => {
      await startDaemon(reactor, loading, { url, seconds: 60 });
      await stopped;
    });
    expect(reactor.seconds()).to.be.within(60, 61);
  });

  it("refuses what is no URL", () => {
    const reactor = createReactor("clock");
    expect(() => void loading(reactor, { url: "https://a/" })).to.throw("an http: URL");
  });
});
