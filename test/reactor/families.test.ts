import { expect } from "chai";
import { networkInterfaces } from "node:os";
import { createReactor, type Reactor, type StreamAddress } from "skein/reactor";
import { Asking, type Shouter, Shouting } from "../support/streams.ts";

/** A server that remembers where its peers come from. */
class Remembering extends Shouting {
  readonly peers: string[] = [];
  override buildProtocol(address?: StreamAddress): Shouter {
    if (address?.type === "TCP") this.peers.push(address.host);
    return super.buildProtocol();
  }
}

const hasIPv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === "::1"),
);

describe("families of addresses", () => {
  for (const backend of ["libuv", "clock"] as const) {
    describe(`on ${backend}`, () => {
      let reactor: Reactor<"tcp">;
      before(function () {
        if (backend === "clock" || hasIPv6) return;
        console.log("      skipped: this machine has no IPv6");
        this.skip();
      });
      beforeEach(() => {
        reactor = createReactor(backend);
        // Clocks drive themselves too, while something is left to happen.
        reactor.callLater(600, () => {});
        void reactor.run();
      });
      afterEach(() => reactor.stop());

      const ask = async (host: string, port: number): Promise<string> => {
        const asking = new Asking("tea");
        reactor.connectTCP(host, port, asking);
        return await asking.answer.catch((error: unknown) => (error as Error).name);
      };

      it("'::' takes both, and shows IPv4 peers as such", async () => {
        const factory = new Remembering();
        const opened = await reactor.listenTCP(0, factory, { interface: "::" });
        const { host, port } = opened.getHost();
        expect(host).to.equal("::");
        expect(await ask("127.0.0.1", port)).to.equal("TEA");
        expect(await ask("::1", port)).to.equal("TEA");
        expect(factory.peers).to.deep.equal(["127.0.0.1", "::1"]);
      });

      it("'::1' and '127.0.0.1' take their own alone", async () => {
        for (const [own, other] of [
          ["::1", "127.0.0.1"],
          ["127.0.0.1", "::1"],
        ] as const) {
          const opened = await reactor.listenTCP(0, new Remembering(), { interface: own });
          const { port } = opened.getHost();
          expect(opened.getHost()).to.deep.equal({ type: "TCP", host: own, port });
          expect(await ask(own, port)).to.equal("TEA");
          expect(await ask(other, port)).to.equal("ConnectionRefusedError");
        }
      });

      it("an address has one form, however it was written", async () => {
        const options = { interface: "0:0:0:0:0:0:0:1" };
        const opened = await reactor.listenTCP(0, new Remembering(), options);
        expect(opened.getHost().host).to.equal("::1");
        expect(await ask("0::1", opened.getHost().port)).to.equal("TEA");
      });
    });
  }
});
