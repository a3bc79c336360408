import { expect } from "chai";
import type { Failure } from "skein/defer";
import {
  connectProtocol,
  datagramFromString,
  MemoryClientEndpoint,
  MemoryServerEndpoint,
  UDPEndpoint,
} from "skein/endpoints";
import { DatagramProtocol, Factory, Protocol } from "skein/protocols";
import {
  BadOptionError,
  CannotListenError,
  ConnectionRefusedError,
  createReactor,
  type DatagramTransport,
  ReactorNotRunningError,
  ReactorStoppedError,
} from "skein/reactor";
import { errorOf, failedWith, watch } from "../support/outcomes.ts";
import { Shouting } from "../support/streams.ts";

class Guest extends Protocol {
  text = "";
  reason: unknown;
  override dataReceived(data: Uint8Array): void {
    this.text += Buffer.from(data).toString();
  }
  override connectionLost(reason: Failure): void {
    this.reason = reason.value;
  }
}

describe("memory endpoints", () => {
  it("connect inside one reactor, and not to the same name in another", async () => {
    const [here, there] = [createReactor("clock"), createReactor("clock")];
    void new MemoryServerEndpoint(here, "tea").listen(new Shouting());
    await here.advance(0);
    const guest = new Guest();
    void connectProtocol(new MemoryClientEndpoint(here, "tea"), guest);
    const elsewhere = watch(connectProtocol(new MemoryClientEndpoint(there, "tea"), new Guest()));
    await here.advance(0);
    await there.advance(0);
    guest.transport.write("hello");
    await here.advance(0);
    expect(guest.text).to.equal("HELLO");
    expect(failedWith(elsewhere))
      .to.be.instanceOf(ConnectionRefusedError)
      .with.property("message", "nobody listens on memory:tea");
  });

  it("have addresses that say what they are", async () => {
    const reactor = createReactor("clock");
    const listening = watch(
      new MemoryServerEndpoint(reactor, "tea")
        .listen(new Shouting())
        .addCallback((port) => port.getHost()),
    );
    await reactor.advance(0);
    const guest = new Guest();
    void connectProtocol(new MemoryClientEndpoint(reactor, "tea"), guest);
    await reactor.advance(0);
    expect(listening).to.deep.equal([{ type: "UNIX", name: "memory:tea" }]);
    expect(guest.transport.getPeer()).to.deep.equal({ type: "UNIX", name: "memory:tea" });
    expect(guest.transport.getHost()).to.deep.equal({ type: "UNIX", name: "" });
  });

  it("are listed by inspect(), and end when the reactor stops", async () => {
    const reactor = createReactor("clock");
    const stopped = reactor.run();
    await new MemoryServerEndpoint(reactor, "tea").listen(new Shouting());
    const guest = new Guest();
    await connectProtocol(new MemoryClientEndpoint(reactor, "tea"), guest);
    // The other side accepts it in a turn of its own.
    await new Promise<void>((resolve) => void reactor.callLater(1, resolve));
    expect(reactor.inspect().map(({ kind }) => kind)).to.have.members([
      "port",
      "connector",
      "connection",
      "connection",
    ]);
    let late: unknown[] = [];
    reactor.addSystemEventTrigger("during", "shutdown", () => {
      late = watch(connectProtocol(new MemoryClientEndpoint(reactor, "tea"), new Guest()));
    });
    reactor.stop();
    await stopped;
    expect(guest.reason).to.be.instanceOf(ReactorStoppedError);
    expect(late[0]).to.have.property("failed").that.is.instanceOf(ReactorNotRunningError);
    expect(reactor.inspect()).to.deep.equal([]);
  });

  it("work again in the reactor's next run", async () => {
    const reactor = createReactor("clock");
    for (const run of [1, 2]) {
      const stopped = reactor.run();
      await new MemoryServerEndpoint(reactor, "tea").listen(new Shouting());
      const guest = new Guest();
      await connectProtocol(new MemoryClientEndpoint(reactor, "tea"), guest);
      guest.transport.write(`run ${run}`);
      await new Promise<void>((resolve) => void reactor.callLater(1, resolve));
      expect(guest.text).to.equal(`RUN ${run}`);
      reactor.stop();
      await stopped;
      expect(guest.reason).to.be.instanceOf(ReactorStoppedError);
    }
  });

  it("need nothing of the backend: they work on timer", async () => {
    const reactor = createReactor("timer");
    const stopped = reactor.run();
    await new MemoryServerEndpoint(reactor, "tea").listen(new Shouting());
    const guest = new Guest();
    await connectProtocol(new MemoryClientEndpoint(reactor, "tea"), guest);
    guest.transport.write("hello");
    // However long a busy machine takes: who never hears it is ended by the test's own timeout.
    while (guest.text !== "HELLO") {
      await new Promise<void>((resolve) => void reactor.callLater(0.01, resolve));
    }
    reactor.stop();
    await stopped;
  });

  it("listen when the reactor runs, once for a name", async () => {
    const reactor = createReactor("clock");
    const endpoint = new MemoryServerEndpoint(reactor, "tea");
    const first = watch(endpoint.listen(new Shouting()));
    const second = watch(endpoint.listen(new Shouting()));
    expect(first).to.deep.equal([]);
    await reactor.advance(0);
    expect(first).to.have.length(1);
    expect(failedWith(second))
      .to.be.instanceOf(CannotListenError)
      .with.property("reason", "EADDRINUSE");
  });

  it("give the bytes to both sides to do with as they like", async () => {
    const reactor = createReactor("clock");
    class Keeping extends Protocol {
      static kept: Uint8Array | undefined;
      override dataReceived(data: Uint8Array): void {
        Keeping.kept = data;
        data.fill(0);
      }
    }
    void new MemoryServerEndpoint(reactor, "tea").listen(Factory.forProtocol(Keeping));
    const guest = new Guest();
    void connectProtocol(new MemoryClientEndpoint(reactor, "tea"), guest);
    await reactor.advance(0);
    const bytes = Uint8Array.of(1, 2, 3);
    guest.transport.write(bytes);
    await reactor.advance(0);
    expect(Keeping.kept).to.deep.equal(Uint8Array.of(0, 0, 0));
    expect(bytes).to.deep.equal(Uint8Array.of(1, 2, 3));
  });

  it("refuse names that are none, and reactors that are none", () => {
    const reactor = createReactor("clock");
    expect(() => new MemoryServerEndpoint(reactor, "")).to.throw(BadOptionError);
    expect(() => new MemoryClientEndpoint(reactor, "x".repeat(101))).to.throw(BadOptionError);
    const stranger = Object.create(reactor) as typeof reactor;
    const listening = new MemoryServerEndpoint(stranger, "tea").listen(new Shouting());
    expect(errorOf(listening)).to.be.instanceOf(BadOptionError);
  });
});

for (const backend of ["libuv", "clock"] as const) {
  describe(`UDP endpoints on ${backend}`, () => {
    class Echo extends DatagramProtocol {
      override datagramReceived(data: Uint8Array, from: { host: string; port: number }): void {
        this.transport.write(data, from);
      }
    }

    it("open a port on which datagrams come and go", async () => {
      const reactor = createReactor(backend);
      reactor.callLater(100, () => {});
      const stopped = reactor.run();
      const echo = await datagramFromString(reactor, "udp:0:interface=127.0.0.1").listen(
        new Echo(),
      );
      let heard!: (text: string) => void;
      const answer = new Promise<string>((resolve) => (heard = resolve));
      class Caller extends DatagramProtocol {
        override datagramReceived(data: Uint8Array): void {
          heard(Buffer.from(data).toString());
        }
      }
      const caller: DatagramTransport = await new UDPEndpoint(reactor, 0, {
        interface: "127.0.0.1",
      }).listen(new Caller());
      caller.write("tea", echo.getHost());
      expect(await answer).to.equal("tea");

      const taken = new UDPEndpoint(reactor, echo.getHost().port, { interface: "127.0.0.1" });
      const error = await taken.listen(new Echo()).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).to.be.instanceOf(CannotListenError);
      expect(() => new UDPEndpoint(reactor, 65_536)).to.throw(BadOptionError);
      reactor.stop();
      await stopped;
    });
  });
}
