import { expect } from "chai";
import { succeed } from "skein/defer";
import { AllAddressesFailedError, HostnameEndpoint } from "skein/endpoints";
import { Factory, Protocol } from "skein/protocols";
import { createReactor, type Reactor, UnknownHostError } from "skein/reactor";
import { Shouting } from "../support/streams.ts";

/** Keeps what it hears. */
class Ear extends Protocol {
  heard: (text: string) => void = () => {};
  override dataReceived(data: Uint8Array): void {
    this.heard(Buffer.from(data).toString());
  }
}

for (const backend of ["libuv", "clock"] as const) {
  describe(`HostnameEndpoint on ${backend}`, () => {
    let reactor: Reactor<"tcp" | "names">;
    beforeEach(() => {
      reactor = createReactor(backend);
      // Clocks drive themselves too, while something is left to happen.
      reactor.callLater(600, () => {});
      void reactor.run();
    });
    afterEach(() => reactor.stop());

    it("connects to localhost, where a server has one of its addresses", async () => {
      const port = await reactor.listenTCP(0, new Shouting(), { interface: "127.0.0.1" });
      const endpoint = new HostnameEndpoint(reactor, "localhost", port.getHost().port);
      const ear = await endpoint.connect(Factory.forProtocol(Ear));
      ear.transport.write("tea");
      expect(await new Promise((resolve) => (ear.heard = resolve))).to.equal("TEA");
    });

    it("says why at each of the addresses nobody is there", async () => {
      const port = await reactor.listenTCP(0, new Shouting(), { interface: "127.0.0.1" });
      await port.stopListening();
      reactor.installNameResolver({
        resolve: () =>
          succeed([
            { address: "127.0.0.1", family: 4, ttl: 1 },
            { address: "127.0.0.2", family: 4, ttl: 1 },
          ]),
      });
      const endpoint = new HostnameEndpoint(reactor, "tea.example", port.getHost().port);
      const error = await endpoint.connect(Factory.forProtocol(Ear)).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).to.be.instanceOf(AllAddressesFailedError);
      expect(
        (error as AllAddressesFailedError).failures.map(({ message }) => message),
      ).to.deep.equal(
        ["127.0.0.1", "127.0.0.2"].map(
          (host) => `ConnectionRefusedError: nobody listens on ${host}:${port.getHost().port}`,
        ),
      );
    });

    it("knows no host of a name that means nothing", async () => {
      const endpoint = new HostnameEndpoint(reactor, "no-such-host.invalid", 7);
      const error = await endpoint.connect(Factory.forProtocol(Ear)).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).to.be.instanceOf(UnknownHostError);
    });
  });
}
