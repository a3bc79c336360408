import { expect } from "chai";
import { DatagramProtocol } from "skein/protocols";
import { createReactor, DatagramError } from "skein/reactor";

/** For documentation: no machine has it, and none can be reached from a loopback address. */
const NOWHERE = { host: "192.0.2.1", port: 9 };

describe("datagrams on libuv", () => {
  for (const connected of [false, true]) {
    const how = connected ? "a connected port" : "a port";
    it(`that cannot be sent are reported with the system's code, and ${how} goes on`, async () => {
      const errors: unknown[] = [];
      const reactor = createReactor("libuv", { onError: (error) => errors.push(error) });
      const stopped = reactor.run();
      const protocol = new DatagramProtocol();
      const port = await reactor.listenUDP(0, protocol, { interface: "127.0.0.1" });
      if (connected) port.connect(NOWHERE.host, NOWHERE.port);
      expect(port.write("hello?", NOWHERE)).to.equal(true);
      expect(port.write("hello?", connected ? undefined : NOWHERE)).to.equal(true);
      while (errors.length < 2) await new Promise((resolve) => setImmediate(resolve));
      for (const error of errors) {
        expect(error)
          .to.be.an.instanceOf(DatagramError)
          .with.property("message")
          .that.matches(/^(sending a datagram|connecting) to 192\.0\.2\.1:9 failed: /);
        expect(error)
          .to.have.property("reason")
          .that.matches(/^E[A-Z]+$/);
      }
      reactor.stop();
      await stopped;
    });
  }

  it("of a process whose reactor has stopped leave nothing open", async () => {
    const sockets = (): number =>
      process.getActiveResourcesInfo().filter((kind) => kind === "UDPWrap").length;
    const before = sockets();
    const reactor = createReactor("libuv");
    const stopped = reactor.run();
    await reactor.listenUDP(0, new DatagramProtocol());
    const given = reactor.listenUDP(0, new DatagramProtocol()).addErrback(() => {});
    given.cancel();
    const open = sockets();
    reactor.stop();
    await stopped;
    await new Promise((resolve) => setImmediate(resolve));
    expect(open).to.be.greaterThan(before);
    expect(sockets()).to.equal(before);
  });
});
