import { expect } from "chai";
import { connectProtocol, TCPClientEndpoint } from "skein/endpoints";
import { Protocol } from "skein/protocols";
import { BadOptionError, ConnectionRefusedError, createReactor } from "skein/reactor";
import sockets from "../fixtures/backends/sockets.ts";
import { failedWith, watch } from "../support/outcomes.ts";
import { Shouting } from "../support/streams.ts";

describe("TCPClientEndpoint", () => {
  it("connects to names also where the backend resolves them itself", async () => {
    const reactor = createReactor(sockets);
    const stopped = reactor.run();
    const port = await reactor.listenTCP(0, new Shouting(), { interface: "127.0.0.1" });
    const endpoint = new TCPClientEndpoint(reactor, "localhost", port.getHost().port);
    expect(endpoint.host).to.equal("localhost");
    const guest = await connectProtocol(endpoint, new Protocol());
    expect(guest.transport.connected).to.equal(true);
    reactor.stop();
    await stopped;
  });

  it("fails at an address with the reason itself", async () => {
    const reactor = createReactor("clock");
    const endpoint = new TCPClientEndpoint(reactor, "10.0.0.5", 80);
    const outcomes = watch(connectProtocol(endpoint, new Protocol()));
    await reactor.advance(1);
    expect(failedWith(outcomes)).to.be.instanceOf(ConnectionRefusedError);
  });

  it("refuses ports and times that are none", () => {
    const reactor = createReactor("clock");
    expect(() => new TCPClientEndpoint(reactor, "10.0.0.5", 0)).to.throw(BadOptionError);
    expect(() => new TCPClientEndpoint(reactor, "10.0.0.5", 80, { timeout: 0 })).to.throw(
      BadOptionError,
    );
  });
});
