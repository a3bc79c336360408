import { expect } from "chai";
import {
  Chargen,
  Daytime,
  Discard,
  Echo,
  Factory,
  QOTD,
  Time,
  type Protocol,
} from "skein/protocols";
import { LineClient, StringTransport } from "skein/testing";
import { onClock } from "../support/on-clock.ts";

function on<P extends Protocol>(protocol: P): StringTransport {
  const transport = new StringTransport();
  protocol.makeConnection(transport);
  return transport;
}

describe("the small services", () => {
  it("Echo reads no more than its peer takes", () =>
    onClock(
      async ({ reactor, pass }) => {
        await reactor.listenTCP(7, Factory.forProtocol(Echo));
        const client = await LineClient.dial(reactor, 7);
        let heard = 0;
        client.dataReceived = (data) => {
          heard += data.length;
        };
        client.transport.pauseProducing();
        client.transport.write("x".repeat(1_000_000));
        await pass(1);
        expect(1_000_000 - client.transport.bufferedBytes).to.be.at.most(200_000);
        client.transport.resumeProducing();
        await pass(1);
        expect(heard).to.equal(1_000_000);
        client.close();
      },
      { receiveBufferBytes: 10_000, sendBufferBytes: 10_000 },
    ));

  it("Discard says nothing", () => {
    const discard = new Discard();
    const transport = on(discard);
    discard.dataReceived(Uint8Array.of(1, 2, 3));
    expect([transport.bytes().length, transport.connected]).to.deep.equal([0, true]);
  });

  it("Chargen sends lines of 72 characters, each beginning with the next one", () => {
    const chargen = new Chargen();
    const transport = on(chargen);
    const lines = transport.text().split("\r\n");
    expect(lines.pop()).to.equal("");
    expect(lines.every((line) => /^[ -~]{72}$/.test(line))).to.equal(true);
    lines.forEach((line, i) => expect(line.charCodeAt(0)).to.equal(32 + (i % 95)));
    expect(lines[94]?.slice(0, 3)).to.equal("~ !");
  });

  it("Chargen goes on for as long as it is read, waits for a slow reader, and ends with it", () =>
    onClock(
      async ({ reactor, pass }) => {
        await reactor.listenTCP(19, Factory.forProtocol(Chargen));
        const clients = [await LineClient.dial(reactor, 19), await LineClient.dial(reactor, 19)];
        await pass(1);
        for (const client of clients) {
          expect(client.lines.length).to.be.greaterThan(1000);
          client.transport.pauseProducing();
        }
        await pass(1);
        const before = clients.map(({ lines }) => lines.length);
        await pass(10);
        expect(clients.map(({ lines }) => lines.length)).to.deep.equal(before);
        clients[0]?.close();
        clients[1]?.abort();
        await pass(100);
        const open = reactor.inspect().filter(({ kind }) => kind === "connection");
        expect(open).to.deep.equal([]);
      },
      { latency: 0.01, bandwidth: 1e6 },
    ));

  it("Daytime and Time tell the time that they are given, and close", () => {
    const now = (): Date => new Date(Date.UTC(2026, 0, 1));
    const daytime = on(new Daytime(now));
    expect(daytime.text()).to.equal("Thu, 01 Jan 2026 00:00:00 GMT\r\n");
    const time = on(new Time(now));
    // The example of the RFC: 1 Jan 1980 is 2,524,521,600.
    const then = on(new Time(() => new Date(Date.UTC(1980, 0, 1))));
    expect(Buffer.from(then.bytes()).readUInt32BE()).to.equal(2_524_521_600);
    expect(Buffer.from(time.bytes()).readUInt32BE()).to.equal(
      2_524_521_600 + 46 * 31_536_000 + 12 * 86_400,
    );
    expect([daytime.connected, time.connected]).to.deep.equal([false, false]);
    const later = on(new Time(() => new Date(Date.UTC(2036, 1, 7, 6, 28, 16))));
    expect(Buffer.from(later.bytes()).readUInt32BE()).to.equal(0);
  });

  it("QOTD says a quotation, and closes", () => {
    const transport = on(new QOTD(() => "tea first"));
    expect([transport.text(), transport.connected]).to.deep.equal(["tea first\r\n", false]);
  });
});
