import { expect } from "chai";
import {
  DatagramProtocol,
  type DatagramReceiver,
  type MulticastTransport,
  NotConnectedError,
} from "skein/protocols";
import { createReactor, type Reactor } from "skein/reactor";

describe("DatagramProtocol", () => {
  it("has no transport before it is started", () => {
    expect(() => new DatagramProtocol().transport)
      .to.throw(NotConnectedError, /startProtocol/)
      .with.property("code", "ERR_NOT_CONNECTED");
  });

  it("keeps its transport after the end, whose writes are dropped and counted", async () => {
    const reactor = createReactor("clock");
    const protocol = new DatagramProtocol();
    reactor.listenUDP(7000, protocol);
    await reactor.advance(0);
    protocol.transport.stopListening();
    await reactor.advance(0);
    expect(protocol.transport.write("late", { host: "127.0.0.1", port: 1 })).to.equal(false);
    expect(protocol.transport.droppedDatagrams).to.equal(1);
  });

  it("that needs groups is refused by the compiler where there are none", () => {
    const member = new DatagramProtocol<MulticastTransport>();
    const listen = (reactor: Reactor<"udp" | "multicast">): void => {
      reactor.listenMulticast(0, member);
      reactor.listenMulticast(0, new DatagramProtocol());
      // @ts-expect-error: this transport cannot join groups
      reactor.listenUDP(0, member);
    };
    expect(listen).to.be.a("function");
    // One that does without derives from nothing.
    const bare: DatagramReceiver = {
      makeConnection() {},
      datagramReceived() {},
      connectionRefused() {},
      doStop() {},
    };
    expect(bare).to.be.an("object");
  });
});
