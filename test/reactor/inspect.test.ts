import { expect } from "chai";
import { Factory, Protocol } from "skein/protocols";
import { backends, createReactor, type Loop, type OpenThing, type Reactor } from "skein/reactor";
import { ThreadPool } from "skein/threads";
import { LineClient } from "skein/testing";
import { tasks } from "../support/pools.ts";

const listed = (reactor: Reactor): string[] =>
  reactor.inspect().map(({ kind, description }) => `${kind}: ${description}`);

const found = (reactor: Reactor, kind: string): OpenThing | undefined =>
  reactor.inspect().find((thing) => thing.kind === kind);

describe("inspect()", () => {
  it("lists nothing of a reactor that nobody has used", () => {
    for (const { name } of [backends.libuv, backends.timer, backends.clock]) {
      expect(createReactor(name as "timer").inspect()).to.deep.equal([]);
    }
  });

  it("lists ports, connectors and connections, from when they were asked for", async () => {
    const reactor = createReactor("clock", { latency: 0.1 });
    const stopped = reactor.run();
    const listening = reactor.listenTCP(7, Factory.forProtocol(Protocol));
    expect(listed(reactor)).to.deep.equal(["port: 0.0.0.0:7, to be opened"]);
    const port = await listening;
    expect(listed(reactor)).to.deep.equal(["port: 0.0.0.0:7"]);
    const dialling = LineClient.dial(reactor, 7);
    expect(listed(reactor)[1]).to.equal("connector: connecting, 127.0.0.1:7");
    const client = await dialling;
    client.say("hello");
    await client.heard("nothing", 1).addErrback(() => {});
    expect(listed(reactor)).to.deep.equal([
      "port: 0.0.0.0:7",
      "connector: connected, 127.0.0.1:7",
      "connection: 127.0.0.1:49152 with 127.0.0.1:7",
      "connection: 127.0.0.1:7 with 127.0.0.1:49152",
    ]);
    client.close();
    await port.stopListening();
    await client.ended;
    reactor.stop();
    await stopped;
    expect(reactor.inspect()).to.deep.equal([]);
  });

  it("lists no port that could not be opened, or was given up", async () => {
    const reactor = createReactor("clock");
    const stopped = reactor.run();
    await reactor.listenTCP(7, Factory.forProtocol(Protocol));
    await reactor.listenTCP(7, Factory.forProtocol(Protocol)).addErrback(() => {});
    const givenUp = reactor.listenTCP(8, Factory.forProtocol(Protocol));
    givenUp.addErrback(() => {});
    expect(listed(reactor)).to.have.lengthOf(2);
    givenUp.cancel();
    expect(listed(reactor)).to.deep.equal(["port: 0.0.0.0:7"]);
    reactor.stop();
    await stopped;
  });

  it("lists delayed calls in the order of their times, then calls from threads", () => {
    const reactor = createReactor("clock");
    reactor.callFromThread(() => {});
    reactor.callFromThread(() => {});
    reactor.callLater(5, () => {});
    reactor.callLater(2, function beat() {});
    reactor.callLater(3, () => {}).cancel();
    reactor.callLater(2, function beatAgain() {});
    expect(listed(reactor)).to.deep.equal([
      "delayed call: beat(), at 2 s",
      "delayed call: beatAgain(), at 2 s",
      "delayed call: a function without a name, at 5 s",
      "calls from threads: 2 waiting",
    ]);
  });

  it("lists workers, and what they do", async () => {
    const reactor = createReactor("libuv");
    const stopped = reactor.run();
    const worker = reactor.startWorker({
      returned() {},
      threw() {},
      told() {},
      asked() {},
      roomy() {},
      died() {},
    });
    expect(listed(reactor)).to.deep.equal(["worker: idle"]);
    worker.send({
      target: { module: "file:///tasks.js", name: "hash" },
      manner: "call",
      args: [],
      transfer: undefined,
      slot: -1,
    });
    expect(listed(reactor)).to.deep.equal(["worker: in hash() of file:///tasks.js"]);
    worker.terminate();
    expect(reactor.inspect()).to.deep.equal([]);
    reactor.stop();
    await stopped;
  });

  it("lists no workers of a pool that has stopped", async () => {
    for (const name of ["libuv", "clock"] as const) {
      const reactor = createReactor(name);
      const pool = new ThreadPool(reactor, { max: 1 });
      const stopped = reactor.run();
      await pool.call(tasks.nothing);
      const workers = listed(reactor).filter((line) => line.startsWith("worker"));
      expect(workers, name).to.deep.equal(["worker: idle"]);
      pool.stop();
      expect(reactor.inspect(), name).to.deep.equal([]);
      reactor.stop();
      await stopped;
    }
  });

  it("is a picture, which neither changes nor can be changed", async () => {
    const reactor = createReactor("clock");
    const call = reactor.callLater(1, () => {});
    const picture = reactor.inspect();
    call.cancel();
    expect(picture).to.have.lengthOf(1);
    expect(Object.isFrozen(picture)).to.equal(true);
    expect(picture.every((thing) => Object.isFrozen(thing))).to.equal(true);
  });

  it("says since when things are open, and of delayed calls so when debugging", async () => {
    for (const debug of [false, true]) {
      const reactor = createReactor("clock", { debug });
      await reactor.advance(3);
      reactor.listenTCP(7, Factory.forProtocol(Protocol));
      reactor.callLater(1, () => {});
      await reactor.advance(0.5);
      expect(found(reactor, "port")?.since).to.equal(3);
      expect(found(reactor, "delayed call")?.since).to.equal(debug ? 3 : undefined);
    }
  });

  it("says where things were made, when debugging, and only then", async () => {
    function placeOfTheUser(reactor: Reactor<"tcp">): void {
      reactor.callLater(1, () => {});
      reactor.listenTCP(7, Factory.forProtocol(Protocol));
    }
    for (const debug of [false, true]) {
      const reactor = createReactor("clock", { debug });
      placeOfTheUser(reactor);
      const sites = reactor.inspect().map(({ createdAt }) => createdAt);
      expect(sites).to.have.lengthOf(2);
      for (const site of sites) {
        if (debug) expect(site).to.match(/^ +at .*\n?.*placeOfTheUser.*inspect\.test/);
        else expect(site).to.equal(undefined);
      }
    }
  });

  it("goes on when a backend's description fails", () => {
    let loop: Loop | undefined;
    const reactor = createReactor({
      ...backends.timer,
      open: (given) => backends.timer.open((loop = given), {}),
    });
    loop?.opened("gadget", () => {
      throw new Error("broken");
    });
    expect(listed(reactor)).to.deep.equal(["gadget: (its description fails: broken)"]);
  });
});
