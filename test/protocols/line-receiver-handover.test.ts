import { expect } from "chai";
import { LineReceiver, Protocol } from "skein/protocols";
import { createReactor } from "skein/reactor";
import { LineClient } from "skein/testing";
import { Noting } from "./lines.ts";

describe("clearLineBuffer of a LineReceiver", () => {
  it("gives what was received and not delivered, and leaves nothing", () => {
    const receiver = new Noting();
    receiver.feed("one\r\ntw");
    expect(Buffer.from(receiver.clearLineBuffer()).toString()).to.equal("tw");
    expect(receiver.clearLineBuffer()).to.have.length(0);
    receiver.feed("three\r\n");
    expect(receiver.events).to.deep.equal(["one", "three"]);
  });

  it("hands the rest of a chunk to the protocol that takes over", async () => {
    const seen: string[] = [];
    class Raw extends Protocol {
      override dataReceived(data: Uint8Array): void {
        seen.push(`raw ${Buffer.from(data).toString()}`);
      }
    }
    class Lines extends LineReceiver {
      override delimiter = "\n";
      override lineReceived(line: string): void {
        seen.push(`line ${line}`);
        if (line === "upgrade") this.transport.setProtocol(new Raw(), this.clearLineBuffer());
      }
    }
    const reactor = createReactor("clock");
    const stopped = reactor.run();
    await reactor.listenTCP(7000, {
      buildProtocol: () => new Lines(),
      doStart: () => {},
      doStop: () => {},
    });
    const client = await LineClient.dial(reactor, 7000);
    client.transport.write("hello\nupgrade\nthe\nrest");
    client.close();
    await client.ended;
    reactor.stop();
    await stopped;
    expect(seen).to.deep.equal(["line hello", "line upgrade", "raw the\nrest"]);
  });
});
