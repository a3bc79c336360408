import { expect } from "chai";
import type { Failure } from "skein/defer";
import { TimeoutError } from "skein/defer";
import { ClientFactory, Factory, Protocol } from "skein/protocols";
import { createReactor } from "skein/reactor";
import { certificates } from "../support/certificates.ts";

/** Closes a connection by TLS on which so much was written that nobody reads; says how it ended. */
async function closeAfter(bytes: number): Promise<unknown> {
  const { server, trustRoot, simulated } = certificates();
  const reactor = createReactor("clock", { certificates: simulated });
  let ended: unknown;
  class Writing extends Protocol {
    override connectionMade(): void {
      this.transport.closeTimeout = 1;
      this.transport.write(new Uint8Array(bytes));
      reactor.callLater(0.1, () => this.transport.loseConnection());
    }
    override connectionLost(reason: Failure): void {
      ended = reason.value;
    }
  }
  class Deaf extends Protocol {
    override connectionMade(): void {
      this.transport.pauseProducing();
    }
  }
  reactor.listenSSL(7000, Factory.forProtocol(Writing), server);
  await reactor.advance(0);
  const options = { trustRoot, serverName: "tea.example" };
  reactor.connectSSL("127.0.0.1", 7000, ClientFactory.forProtocol(Deaf), options);
  await reactor.advance(10);
  return ended;
}

describe("closing a connection by TLS", () => {
  it("does not wait for ever when TLS' own last words find no room", async () => {
    // All that was written may just have been taken, and the end of TLS has to wait.
    const ends = await Promise.all(
      Array.from({ length: 60 }, (_, index) => closeAfter(65_480 + index)),
    );
    expect(ends).to.not.include(undefined);
    expect(ends.some((end) => end instanceof TimeoutError)).to.equal(true);
  });
});
