import { expect } from "chai";
import { Deferred, fail } from "skein/defer";
import {
  BadOptionError,
  CannotListenError,
  createReactor,
  Protocol,
  type Reactor,
  StreamServerEndpointService,
  type StreamServerOptions,
} from "skein";
import { LineClient } from "skein/testing";
import { collectUnhandled, type Failed, watch } from "../support/outcomes.ts";
import { factoryOf, listeningAt } from "../support/tcp-places.ts";

/** Ends its connection when it is told to, by the client. */
class Room extends Protocol {
  override connectionMade(): void {
    this.transport.write("welcome\n");
  }
  override dataReceived(): void {
    this.transport.loseConnection();
  }
}

const portOf = (service: StreamServerEndpointService): number =>
  (service.getHost() as { port: number }).port;

for (const backend of ["clock", "libuv"] as const) {
  describe(`a StreamServerEndpointService on ${backend}`, () => {
    const unhandled = collectUnhandled();
    let reactor: Reactor<"tcp">;
    let stopped: PromiseLike<void>;
    beforeEach(() => {
      reactor = createReactor(backend);
      // Clocks drive themselves too, while something is left to happen.
      reactor.callLater(600, () => {});
      stopped = reactor.run();
    });
    afterEach(async () => {
      reactor.stop();
      await stopped;
      expect(unhandled).to.deep.equal([]);
    });

    const serve = (
      options: StreamServerOptions,
      build: () => Protocol = () => new Room(),
    ): { service: StreamServerEndpointService; seen: string[] } => {
      const service = new StreamServerEndpointService(listeningAt(reactor, 0), factoryOf(build), {
        clock: reactor,
        ...options,
      });
      const seen: string[] = [];
      service.onStateChange(({ state, detail }) => seen.push(detail || state));
      return { service, seen };
    };

    const ports = (): number => reactor.inspect().filter(({ kind }) => kind === "port").length;

    it("listens while it runs, again and again", async () => {
      const { service } = serve({});
      expect(service.getHost()).to.equal(undefined);
      for (let i = 0; i < 2; i++) {
        await service.startService();
        const client = await LineClient.dial(reactor, portOf(service));
        await client.heard("welcome");
        expect(service.connections).to.equal(1);
        expect(service.inspect().detail).to.equal(
          `listening on 127.0.0.1:${portOf(service)}, 1 connections`,
        );
        await service.stopService();
        await client.ended;
        expect([service.connections, ports(), service.getHost()]).to.deep.equal([0, 0, undefined]);
      }
    });

    it("opens its port when it is prepared, and keeps it", async () => {
      const { service } = serve({});
      await service.privilegedStartService();
      const port = portOf(service);
      await service.startService();
      expect([portOf(service), ports()]).to.deep.equal([port, 1]);
      await service.stopService();
      expect(ports()).to.equal(0);
    });

    it("does not start where another listens", async () => {
      const { service } = serve({});
      await service.startService();
      const other = new StreamServerEndpointService(
        listeningAt(reactor, portOf(service)),
        factoryOf(() => new Room()),
        { clock: reactor },
      );
      const error = await other.startService().addErrback(({ value }) => value);
      expect(error).to.be.instanceOf(CannotListenError);
      expect(other.state).to.equal("stopped");
      await service.stopService();
    });

    it("closes the port, then lets connections end by themselves", async () => {
      const { service, seen } = serve({ drainTimeout: 300 });
      await service.startService();
      const client = await LineClient.dial(reactor, portOf(service));
      await client.heard("welcome");
      seen.length = 0;
      const stop = service.stopService();
      service.onStateChange(({ detail }) => {
        if (detail.startsWith("draining")) client.say("I am done");
      });
      await stop;
      expect(seen).to.deep.equal([
        "stopping",
        "closing the port",
        "draining: 1 connections",
        "stopped",
      ]);
    });

    it("closes those that do not, when what was written is sent", async () => {
      const { service, seen } = serve({ drainTimeout: 0.05 });
      await service.startService();
      const client = await LineClient.dial(reactor, portOf(service));
      await client.heard("welcome");
      await service.stopService();
      expect(String(await client.ended)).to.match(/^ConnectionDoneError/);
      expect(seen.slice(-4)).to.deep.equal([
        "closing the port",
        "draining: 1 connections",
        "closing: 1 connections",
        "stopped",
      ]);
    });

    it("aborts those whose peers do not read", async () => {
      const flooding = new Deferred<void>();
      class Flood extends Protocol {
        override connectionMade(): void {
          flooding.callback();
          this.transport.maxBufferedBytes = Infinity;
          for (let i = 0; i < 16; i++) this.transport.write(new Uint8Array(1024 * 1024));
        }
      }
      const { service, seen } = serve({ closeTimeout: 0.05 }, () => new Flood());
      await service.startService();
      const client = await LineClient.dial(reactor, portOf(service)).addCallback((dialled) => {
        dialled.transport.pauseProducing();
        return dialled;
      });
      await flooding;
      await service.stopService();
      expect(service.connections).to.equal(0);
      expect(seen.slice(-3)).to.deep.equal([
        "closing: 1 connections",
        "aborting: 1 connections",
        "stopped",
      ]);
      client.abort();
    });

    it("aborts them at once when the time for its stop is over", async () => {
      const { service, seen } = serve({ drainTimeout: Infinity, stopTimeout: 0.05 });
      await service.startService();
      const client = await LineClient.dial(reactor, portOf(service));
      await client.heard("welcome");
      const [outcome] = [await service.stopService().addErrback(({ message }) => message)];
      expect(outcome).to.match(/^TimeoutError: the service "\w+" has not stopped in 0.05 seconds/);
      await client.ended;
      expect(seen.at(-1)).to.equal("aborting: 1 connections");
      expect([service.state, ports()]).to.deep.equal(["stopped", 0]);
    });

    it("keeps count of connections whose protocol has changed", async () => {
      class Changing extends Protocol {
        override connectionMade(): void {
          this.transport.setProtocol(new Room());
        }
      }
      const { service } = serve({}, () => new Changing());
      await service.startService();
      const client = await LineClient.dial(reactor, portOf(service));
      await client.heard("welcome");
      client.say("bye");
      await client.ended;
      while (service.connections > 0) await new Promise((resolve) => setImmediate(resolve));
      await service.stopService();
    });
  });
}

describe("a StreamServerEndpointService", () => {
  const room = factoryOf(() => new Room());

  it("needs a clock", () => {
    const service = new StreamServerEndpointService({ listen: () => fail(new Error()) }, room);
    const [outcome] = watch(service.startService());
    expect((outcome as Failed).failed)
      .to.be.instanceOf(BadOptionError)
      .with.property("message")
      .that.matches(/has no clock, and its connections get time to end: give it/);
  });

  for (const option of ["drainTimeout", "closeTimeout"]) {
    it(`refuses a ${option} that is no time`, () => {
      const options = { [option]: -1 };
      expect(
        () => new StreamServerEndpointService({ listen: () => fail(new Error()) }, room, options),
      ).to.throw(BadOptionError, `${option} must be 0 or more seconds, not -1`);
    });
  }

  it("gives up listening when it is stopped before", async () => {
    const reactor = createReactor("clock");
    const service = new StreamServerEndpointService(listeningAt(reactor, 7000), room, {
      clock: reactor,
    });
    watch(service.startService());
    const stopped = watch(service.stopService());
    await reactor.advance(1);
    expect([stopped, service.state]).to.deep.equal([[undefined], "stopped"]);
    expect(reactor.inspect()).to.deep.equal([]);
  });
});
