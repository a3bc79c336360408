import { expect } from "chai";
import { HostnameEndpoint } from "skein/endpoints";
import {
  ClientFactory,
  Echo,
  Factory,
  type ForwardEndpoint,
  type ForwardError,
  type ForwardOptions,
  type HalfCloseableProtocol,
  joinTransports,
  portForward,
  TimeoutFactory,
} from "skein/protocols";
import { deferLater } from "skein/task";
import { LineClient, StringTransport } from "skein/testing";
import { Noted, onClock, type OnClock } from "../support/on-clock.ts";

/** One that goes on when the other direction has ended. */
class Halfway extends Noted implements HalfCloseableProtocol {
  readConnectionLost(): void {
    this.life.push("read lost");
  }
  writeConnectionLost(): void {
    this.life.push("write lost");
  }
}

/** A client and a server with a port forward between them. */
async function between<P extends Noted>(
  reactor: OnClock,
  make: () => P,
  options: ForwardOptions = {},
): Promise<{ near: P; far: P }> {
  const [near, far] = [make(), make()];
  await reactor.listenTCP(
    7001,
    Factory.from(() => far),
  );
  await reactor.listenTCP(7000, portForward(reactor, { host: "127.0.0.1", port: 7001 }, options));
  reactor.connectTCP(
    "127.0.0.1",
    7000,
    ClientFactory.from(() => near),
  );
  return { near, far };
}

describe("portForward()", () => {
  it("carries bytes both ways, and the end of each direction by itself", () =>
    onClock(async ({ reactor, pass }) => {
      const { near, far } = await between(reactor, () => new Halfway());
      await pass(0.1);
      near.transport.write("request");
      near.transport.loseWriteConnection();
      await pass(0.1);
      expect([far.received, far.life]).to.deep.equal(["request", ["made", "read lost"]]);
      far.transport.write("answer");
      await pass(0.1);
      expect(near.received).to.equal("answer");
      far.transport.loseConnection();
      await pass(0.1);
      const done = "lost ConnectionDoneError";
      expect(near.life).to.deep.equal(["made", "write lost", "read lost", done]);
      expect(far.life).to.deep.equal(["made", "read lost", done]);
    }));

  for (const side of ["near", "far"] as const) {
    it(`delivers all that was written before the ${side} side closed, then the end`, () =>
      onClock(async ({ reactor, pass }) => {
        const both = await between(reactor, () => new Noted());
        await pass(0.1);
        const other = both[side === "near" ? "far" : "near"];
        both[side].transport.write("x".repeat(3_000_000));
        both[side].transport.loseConnection();
        await pass(1);
        expect(other.received.length).to.equal(3_000_000);
        expect(other.life).to.deep.equal(["made", "lost ConnectionDoneError"]);
      }));

    it(`carries a reset of the ${side} side: what is cut short does not look whole`, () =>
      onClock(async ({ reactor, pass }) => {
        const both = await between(reactor, () => new Noted());
        await pass(0.1);
        both[side].transport.write("part of it");
        both[side].transport.abortConnection();
        await pass(1);
        const other = both[side === "near" ? "far" : "near"];
        expect(other.life).to.deep.equal(["made", "lost ConnectionLostError"]);
      }));

    it(`reads the ${side} side no faster than the other one takes it`, () =>
      onClock(
        async ({ reactor, pass }) => {
          const both = await between(reactor, () => new Noted());
          await pass(0.1);
          const other = both[side === "near" ? "far" : "near"];
          other.transport.pauseProducing();
          both[side].transport.write("x".repeat(5_000_000));
          await pass(10);
          // What is on the way: the buffers of four sockets, and the marks.
          expect(5_000_000 - both[side].transport.bufferedBytes).to.be.at.most(200_000);
          other.transport.resumeProducing();
          await pass(10);
          expect(other.received.length).to.equal(5_000_000);
          other.transport.loseConnection();
        },
        { receiveBufferBytes: 10_000, sendBufferBytes: 10_000 },
      ));
  }

  it("delivers what the client has said before there was somewhere to write it", () =>
    onClock(
      async ({ reactor, pass }) => {
        const { near, far } = await between(reactor, () => new Noted());
        while (near.life.length === 0) await pass(0.01);
        near.transport.write("hello");
        near.transport.loseConnection();
        await pass(1);
        expect(far.received).to.equal("hello");
        expect(far.life).to.deep.equal(["made", "lost ConnectionDoneError"]);
      },
      { latency: 0.05 },
    ));

  it("cuts the client off when it cannot connect, and reports why", () =>
    onClock(async ({ reactor, errors, pass }) => {
      await reactor.listenTCP(7000, portForward(reactor, { host: "127.0.0.1", port: 9 }));
      const client = await LineClient.dial(reactor, 7000);
      client.transport.write("hello");
      expect(String(await client.ended)).to.contain("ConnectionLostError");
      await pass(0.1);
      const [error] = errors.splice(0) as [ForwardError];
      const { port } = client.transport.getHost() as { port: number };
      expect(error).to.include({ code: "ERR_FORWARD" });
      expect(error.message).to.equal(
        `cannot forward 127.0.0.1:${port} to 127.0.0.1:9: nobody listens on 127.0.0.1:9`,
      );
      expect((error.cause as Error).name).to.equal("ConnectionRefusedError");
    }));

  it("tells who wants to know instead, also of a host that does not answer in time", () =>
    onClock(async ({ reactor, pass }) => {
      const failures: string[] = [];
      const options: ForwardOptions = {
        timeout: 5,
        failed: (error, peer) => failures.push(`${peer.type} ${(error.cause as Error).name}`),
      };
      const forward = portForward(reactor, { host: "10.0.0.1", port: 80 }, options);
      reactor.faultConnects({ host: "10.0.0.1" }, "unanswered");
      await reactor.listenTCP(7000, forward);
      const client = await LineClient.dial(reactor, 7000);
      await client.ended;
      await pass(0.1);
      expect(reactor.seconds()).to.be.closeTo(5, 0.2);
      expect(failures).to.deep.equal(["TCP TimeoutError"]);
    }));

  it("goes by any endpoint", () =>
    onClock(
      async ({ reactor, errors }) => {
        await reactor.listenTCP(7001, Factory.forProtocol(Echo));
        for (const [i, port] of [7001, 9].entries()) {
          const endpoint = new HostnameEndpoint(reactor, "localhost", port);
          await reactor.listenTCP(7002 + i, portForward(reactor, endpoint));
          const client = await LineClient.dial(reactor, 7002 + i);
          client.say("hello");
          if (port === 7001) await client.heard("hello");
          else await client.ended;
        }
        expect(String(errors.splice(0))).to.match(
          /cannot forward \S+ to its endpoint: cannot connect/,
        );
      },
      { names: { localhost: "127.0.0.1" } },
    ));

  it("ends both sides when a policy around it ends one, also while it connects", () =>
    onClock(async ({ reactor, pass, errors }) => {
      const far = new Noted();
      await reactor.listenTCP(
        7001,
        Factory.from(() => far),
      );
      const idle = (port: number): TimeoutFactory =>
        new TimeoutFactory(reactor, portForward(reactor, { host: "127.0.0.1", port }), { idle: 5 });
      await reactor.listenTCP(7000, idle(7001));
      await (
        await LineClient.dial(reactor, 7000)
      ).ended;
      await pass(0.1);
      expect(reactor.seconds()).to.be.closeTo(5, 0.2);
      expect(far.life).to.have.length(2);
      reactor.faultConnects({ port: 7003 }, "unanswered");
      await reactor.listenTCP(7002, idle(7003));
      await (
        await LineClient.dial(reactor, 7002)
      ).ended;
      await pass(0.1);
      expect(reactor.inspect().filter(({ kind }) => kind === "connector")).to.deep.equal([]);
      expect(errors).to.deep.equal([]);
    }));

  describe("while it connects", () => {
    /** A client of a forward to where nobody answers; the attempts that are under way. */
    async function waiting(reactor: OnClock, options: ForwardOptions = {}) {
      reactor.faultConnects({ port: 7001 }, "unanswered");
      const forward = portForward(reactor, { host: "127.0.0.1", port: 7001 }, options);
      const port = await reactor.listenTCP(7000, forward);
      const client = await LineClient.dial(reactor, 7000);
      const attempts = (): string[] =>
        reactor
          .inspect()
          .flatMap(({ kind, description }) =>
            kind === "connector" && description.endsWith(":7001") ? [description] : [],
          );
      return { client, port, attempts };
    }

    it("gives up when the client's connection is lost, with nothing to report", () =>
      onClock(async ({ reactor, pass }) => {
        const { client, attempts } = await waiting(reactor);
        client.transport.write("hello");
        await pass(1);
        expect(attempts()).to.have.length(1);
        client.transport.abortConnection();
        await pass(0.1);
        expect(attempts()).to.deep.equal([]);
      }));

    it("goes on when the client has only ended its direction: it may still read", () =>
      onClock(async ({ reactor, pass }) => {
        const { client, attempts } = await waiting(reactor);
        client.transport.loseWriteConnection();
        await pass(1);
        expect(attempts()).to.have.length(1);
      }));

    it("gives up then if that is leaving", () =>
      onClock(async ({ reactor, pass }) => {
        const { client, attempts } = await waiting(reactor, { endIsLeaving: true });
        await pass(1);
        expect(attempts()).to.have.length(1);
        client.transport.loseConnection();
        await pass(0.1);
        expect(attempts()).to.deep.equal([]);
      }));

    it("reads no more than 64 KiB, and loses nothing of what it has read", () =>
      onClock(
        async ({ reactor, pass }) => {
          const far = new Noted();
          await reactor.listenTCP(
            7001,
            Factory.from(() => far),
          );
          const endpoint = new HostnameEndpoint(reactor, "127.0.0.1", 7001);
          const late: ForwardEndpoint = {
            connect: (factory) => deferLater(reactor, 10, () => endpoint.connect(factory)),
          };
          await reactor.listenTCP(7000, portForward(reactor, late));
          const client = await LineClient.dial(reactor, 7000);
          client.transport.write("x".repeat(1_000_000));
          client.transport.loseWriteConnection();
          await pass(5);
          expect(1_000_000 - client.transport.bufferedBytes).to.be.within(64 * 1024, 150_000);
          await pass(60);
          expect(far.received).to.equal("x".repeat(1_000_000));
        },
        { receiveBufferBytes: 10_000, sendBufferBytes: 10_000 },
      ));
  });

  it("holds nothing open when the reactor stops while it connects", () =>
    onClock(async ({ reactor, pass }) => {
      reactor.faultConnects({ port: 7001 }, "unanswered");
      await reactor.listenTCP(7000, portForward(reactor, { host: "127.0.0.1", port: 7001 }));
      await LineClient.dial(reactor, 7000);
      await pass(0.1);
    }));

  it("refuses ports and times that are none", () =>
    onClock(async ({ reactor }) => {
      expect(() => portForward(reactor, { host: "x", port: 0 })).to.throw("port");
      expect(() => portForward(reactor, { host: "x", port: 1 }, { timeout: 0 })).to.throw(
        "timeout",
      );
    }));
});

describe("joinTransports()", () => {
  it("closes one where the other has ended before", () => {
    const [a, b] = [new StringTransport(), new StringTransport()];
    a.loseConnection();
    joinTransports(a, b);
    expect([b.connected, b.aborted]).to.deep.equal([false, false]);
  });
});
