import { expect } from "chai";
import { CancelledError, Deferred, type Failure } from "skein/defer";
import {
  BadOptionError,
  ClientService,
  type ClientServiceOptions,
  ConnectionLostError,
  ConnectionRefusedError,
  createReactor,
  type ListeningPort,
  Protocol,
  type Reactor,
} from "skein";
import { collectUnhandled, errorOf, type Failed, watch } from "../support/outcomes.ts";
import { connectingTo, factoryOf } from "../support/tcp-places.ts";

const PORT = 7000;

/** One end of a connection, which says what happens to it. */
class End extends Protocol {
  lost = "";
  override connectionLost(reason: Failure): void {
    this.lost = (reason.value as Error).name;
  }
}

describe("a ClientService", () => {
  const unhandled = collectUnhandled();
  let reactor: Reactor<"tcp" | "clock" | "network">;
  let servers: End[];
  let clients: End[];
  let said: string[];
  beforeEach(async () => {
    reactor = createReactor("clock");
    [servers, clients, said] = [[], [], []];
    await reactor.advance(0);
  });
  afterEach(() => expect(unhandled).to.deep.equal([]));

  const listen = async (): Promise<ListeningPort> => {
    const serving = factoryOf(() => {
      const end = new End();
      servers.push(end);
      return end;
    });
    const listening = reactor.listenTCP(PORT, serving, { interface: "127.0.0.1" });
    await reactor.advance(0);
    return listening;
  };

  const client = (options: ClientServiceOptions<End> = {}): ClientService<End> => {
    const factory = factoryOf(() => {
      const end = new End();
      clients.push(end);
      return end;
    });
    const endpoint = connectingTo(reactor, () => PORT);
    const service = new ClientService(endpoint, factory, { clock: reactor, ...options });
    service.onStateChange(({ detail }) => {
      if (detail !== "") said.push(`${Number(reactor.seconds().toFixed(3))} ${detail}`);
    });
    return service;
  };

  const refused = `not connected: ConnectionRefusedError: nobody listens on 127.0.0.1:${PORT}`;

  it("connects, and gives its protocol to all who wait, now and later", async () => {
    await listen();
    const service = client();
    const early = watch(service.whenConnected());
    void service.startService();
    expect(service.running).to.equal(true);
    await reactor.advance(0);
    expect(early).to.deep.equal([clients[0]]);
    expect(watch(service.whenConnected())).to.deep.equal([clients[0]]);
    expect(service.inspect().detail).to.equal("connected");
  });

  it("connects again, first after the initial delay, then after longer ones", async () => {
    const service = client();
    void service.startService();
    await reactor.advance(4.8);
    expect(said).to.deep.equal([
      "0 connecting",
      `0 ${refused}`,
      "0 waiting 1 s to connect again",
      "1 connecting",
      `1 ${refused}`,
      "1 waiting 1.5 s to connect again",
      "2.5 connecting",
      `2.5 ${refused}`,
      "2.5 waiting 2.25 s to connect again",
      "4.75 connecting",
      `4.75 ${refused}`,
      "4.75 waiting 3.375 s to connect again",
    ]);
  });

  it("connects again when the connection is lost, with the delays from the beginning", async () => {
    const service = client();
    void service.startService();
    await reactor.advance(1);
    await listen();
    await reactor.advance(1.5);
    expect(clients).to.have.length(1);
    said.length = 0;
    servers[0]?.transport.abortConnection();
    await reactor.advance(1);
    expect(said).to.deep.equal([
      "2.5 waiting 1 s to connect again",
      "3.5 connecting",
      "3.5 connected",
    ]);
    expect(clients[0]?.lost).to.equal("ConnectionLostError");
    expect(watch(service.whenConnected())).to.deep.equal([clients[1]]);
  });

  it("tells those who bear only so many failures", async () => {
    const service = client();
    const [one, three] = [watch(service.whenConnected(1)), watch(service.whenConnected(3))];
    void service.startService();
    await reactor.advance(0);
    expect((one[0] as Failed).failed).to.be.instanceOf(ConnectionRefusedError);
    const late = watch(service.whenConnected(1));
    expect([three, late]).to.deep.equal([[], []]);
    await reactor.advance(1);
    expect(late).to.have.length(1);
    await reactor.advance(1.5);
    expect((three[0] as Failed).failed).to.be.instanceOf(ConnectionRefusedError);
  });

  it("lets those who wait give up", async () => {
    await listen();
    const service = client();
    const waiter = service.whenConnected();
    waiter.cancel();
    expect(errorOf(waiter)).to.be.instanceOf(CancelledError);
    void service.startService();
    await reactor.advance(0);
    expect(clients).to.have.length(1);
  });

  it("refuses to bear no failure", () => {
    for (const failures of [0, -1, NaN]) {
      expect(() => client().whenConnected(failures)).to.throw(BadOptionError, "failAfterFailures");
    }
  });

  describe("that prepares its connections", () => {
    it("is connected when that is done", async () => {
      await listen();
      const prepared = new Deferred<void>();
      const service = client({ prepareConnection: () => prepared });
      const connected = watch(service.whenConnected());
      void service.startService();
      await reactor.advance(0);
      expect([clients.length, connected]).to.deep.equal([1, []]);
      prepared.callback();
      expect(connected).to.deep.equal([clients[0]]);
    });

    it("counts its failure, closes the connection, and goes on with the delays", async () => {
      await listen();
      let tries = 0;
      const service = client({
        prepareConnection() {
          if (++tries < 3) throw new RangeError("wrong password");
        },
      });
      const asked = watch(service.whenConnected(2));
      void service.startService();
      await reactor.advance(10);
      expect((asked[0] as Failed).failed).to.be.instanceOf(RangeError);
      expect(said.filter((what) => /waiting|connected$/.test(what))).to.deep.equal([
        "0 waiting 1 s to connect again",
        "1 waiting 1.5 s to connect again",
        "2.5 connected",
      ]);
      expect(clients.map(({ lost }) => lost)).to.deep.equal([
        "ConnectionDoneError",
        "ConnectionDoneError",
        "",
      ]);
    });

    it("counts as a failure that the connection is lost meanwhile, and cancels it", async () => {
      await listen();
      let cancelled = 0;
      const service = client({ prepareConnection: () => new Deferred<void>(() => cancelled++) });
      const asked = watch(service.whenConnected(1));
      void service.startService();
      await reactor.advance(0);
      servers[0]?.transport.loseConnection();
      await reactor.advance(0);
      expect((asked[0] as Failed).failed).to.be.instanceOf(ConnectionLostError);
      expect(cancelled).to.equal(1);
      expect(said.at(-1)).to.equal("0 waiting 1 s to connect again");
    });

    it("cancels it when it stops, and closes the connection", async () => {
      await listen();
      let cancelled = 0;
      const service = client({ prepareConnection: () => new Deferred<void>(() => cancelled++) });
      void service.startService();
      await reactor.advance(0);
      const stopped = watch(service.stopService());
      await reactor.advance(0);
      expect([stopped, cancelled, clients[0]?.lost]).to.deep.equal([
        [undefined],
        1,
        "ConnectionDoneError",
      ]);
    });
  });

  describe("that stops", () => {
    it("closes the connection, and has stopped when it has ended", async () => {
      const port = await listen();
      const service = client();
      void service.startService();
      await reactor.advance(0);
      const stopped = watch(service.stopService());
      expect(stopped).to.deep.equal([]);
      await reactor.advance(0);
      expect(stopped).to.deep.equal([undefined]);
      expect(clients[0]?.lost).to.equal("ConnectionDoneError");
      void port.stopListening();
      await reactor.advance(100);
      expect(reactor.inspect()).to.deep.equal([]);
    });

    it("waits for the end of the connection before it starts again", async () => {
      await listen();
      const service = client();
      void service.startService();
      await reactor.advance(0);
      void service.stopService();
      const again = watch(service.startService());
      expect([again, clients[0]?.lost]).to.deep.equal([[], ""]);
      await reactor.advance(0);
      expect(again).to.deep.equal([undefined]);
      expect(clients.map(({ lost }) => lost)).to.deep.equal(["ConnectionDoneError", ""]);
    });

    it("tells those who wait, and those who ask later", async () => {
      const service = client();
      const early = watch(service.whenConnected());
      void service.startService();
      void service.stopService();
      expect((early[0] as Failed).failed).to.be.instanceOf(CancelledError);
      expect(errorOf(service.whenConnected())).to.be.instanceOf(CancelledError);
      void service.startService();
      expect(watch(service.whenConnected())).to.deep.equal([]);
    });

    it("gives up an attempt", async () => {
      await listen();
      reactor.faultConnects({ port: PORT }, "unanswered");
      const service = client();
      void service.startService();
      await reactor.advance(5);
      const stopped = watch(service.stopService());
      await reactor.advance(0);
      expect(stopped).to.deep.equal([undefined]);
      expect(reactor.inspect().map(({ kind }) => kind)).to.deep.equal(["port"]);
    });

    it("gives up waiting for the next one", async () => {
      const service = client();
      void service.startService();
      await reactor.advance(0.5);
      expect(watch(service.stopService())).to.deep.equal([undefined]);
      expect(reactor.inspect()).to.deep.equal([]);
    });

    for (const [what, options, seconds] of [
      ["after its closeTimeout", { closeTimeout: 3 }, 3],
      ["at its stopTimeout", { closeTimeout: Infinity, stopTimeout: 4 }, 4],
    ] as const) {
      it(`aborts a connection whose peer does not read ${what}`, async () => {
        await listen();
        const service = client(options);
        void service.startService();
        await reactor.advance(0);
        servers[0]?.transport.pauseProducing();
        const { transport } = clients[0] as End;
        transport.maxBufferedBytes = Infinity;
        transport.write(new Uint8Array(1024 * 1024));
        const stopped = watch(service.stopService());
        await reactor.advance(seconds - 0.1);
        expect([stopped, clients[0]?.lost]).to.deep.equal([[], ""]);
        await reactor.advance(0.2);
        expect(stopped).to.have.length(1);
        expect(clients[0]?.lost).to.equal("ConnectionAbortedError");
      });
    }
  });

  it("reports a retry policy that gives no time, and waits for a minute", async () => {
    const service = client({ retryPolicy: () => NaN });
    void service.startService();
    await reactor.advance(1);
    expect(unhandled.splice(0).map(String)).to.deep.equal([
      "BadOptionError: a retry policy gives 0 or more seconds, not NaN",
    ]);
    expect(said.at(-1)).to.equal("0 waiting 60 s to connect again");
    await service.stopService();
  });

  it("goes on after an endpoint that throws", async () => {
    const broken = {
      connect: () => {
        throw new RangeError("nowhere");
      },
    };
    const service = new ClientService(
      broken,
      factoryOf(() => new End()),
      { clock: reactor },
    );
    void service.startService();
    expect(service.inspect().detail).to.equal("waiting 1 s to connect again");
    const [outcome] = [watch(service.whenConnected(2))];
    await reactor.advance(10);
    expect((outcome[0] as Failed).failed).to.be.instanceOf(RangeError);
    await service.stopService();
  });
});

describe("a ClientService on libuv", () => {
  it("connects, connects again, and stops", async () => {
    const reactor: Reactor<"tcp"> = createReactor("libuv");
    const stopped = reactor.run();
    const ends: End[] = [];
    const serving = factoryOf(() => {
      const end = new End();
      ends.push(end);
      return end;
    });
    const port = await reactor.listenTCP(0, serving, { interface: "127.0.0.1" });
    const service = new ClientService(
      connectingTo(reactor, () => port.getHost().port),
      factoryOf(() => new End()),
      { clock: reactor, retryPolicy: () => 0 },
    );
    await service.startService();
    const first = await service.whenConnected();
    first.transport.abortConnection();
    await new Promise<void>((resolve) => {
      service.onStateChange(({ detail }) => {
        if (detail === "connected") resolve();
      });
    });
    expect(await service.whenConnected()).not.to.equal(first);
    await service.stopService();
    expect(reactor.inspect().map(({ kind }) => kind)).not.to.include("connector");
    reactor.stop();
    await stopped;
    expect(ends).to.have.length(2);
  });
});
