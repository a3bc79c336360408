import { expect } from "chai";
import { Factory, Protocol } from "skein/protocols";
import { BadOptionError, createReactor } from "skein/reactor";
import { Notes, sendNumbers } from "../support/datagrams.ts";

const HOST = "127.0.0.1";
const numbersTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const countOf = (events: readonly string[], what: string): number =>
  events.filter((event) => event.startsWith(`udp ${what} `)).length;

describe("datagrams on the clock", () => {
  it("all arrive, in order, when no faults are set", async () => {
    const { arrived, events } = await sendNumbers(200, { latency: 0.05 });
    expect(arrived).to.deep.equal(numbersTo(200));
    expect(events.slice(0, 3)).to.deep.equal([
      "udp listen 127.0.0.1:7000",
      "udp listen 127.0.0.1:49152",
      "udp data 1 #350ca8af 49152>7000",
    ]);
  });

  it("are under way for the latency", async () => {
    const reactor = createReactor("clock", { latency: 2 });
    const [one, other] = [new Notes(), new Notes()];
    await reactor.advance(0);
    reactor.listenUDP(1, one);
    reactor.listenUDP(2, other);
    await reactor.advance(0);
    one.transport.write("hello", { host: HOST, port: 2 });
    await reactor.advance(1.9);
    expect(other.texts).to.deep.equal([]);
    await reactor.advance(0.1);
    expect(other.texts).to.deep.equal(["hello"]);
  });

  it("are lost, doubled and late as often as was asked for, and the trace says so", async () => {
    const faults = { loss: 0.2, duplicate: 0.1, reorder: 0.3, reorderSeconds: 0.01 };
    const { arrived, events } = await sendNumbers(2000, { datagrams: faults });
    const [lost, doubled] = [countOf(events, "lost"), countOf(events, "doubled")];
    expect(lost).to.be.within(300, 500);
    expect(doubled).to.be.within(100, 220);
    expect(countOf(events, "late")).to.be.within(400, 700);
    expect(arrived).to.have.lengthOf(2000 - lost + doubled);
    expect(new Set(arrived).size).to.equal(2000 - lost);
    expect(arrived.some((number, at) => number < (arrived[at - 1] ?? 0))).to.equal(true);
  });

  it("are the receiver's own, also where a Buffer was sent", async () => {
    const reactor = createReactor("clock");
    const texts: string[] = [];
    class Spoiling extends Notes {
      override datagramReceived(data: Uint8Array): void {
        texts.push(Buffer.from(data).toString());
        data.fill(0);
      }
    }
    const sender = new Notes();
    await reactor.advance(0);
    for (const [i, receiver] of [sender, new Spoiling(), new Spoiling()].entries()) {
      reactor.listenUDP(i + 1, receiver);
    }
    await reactor.advance(0);
    const message = Buffer.from("for both");
    for (const port of [2, 3]) sender.transport.write(message, { host: HOST, port });
    await reactor.advance(1);
    expect([...texts, message.toString()]).to.deep.equal(["for both", "for both", "for both"]);
  });

  it("are late by reorderSeconds at the most", async () => {
    const datagrams = { reorder: 1, reorderSeconds: 0.5 };
    const { arrived, endedAt } = await sendNumbers(100, { datagrams, latency: 1 });
    expect(arrived).to.have.members(numbersTo(100));
    // The last was sent at 0.1 s.
    expect(endedAt).to.be.within(1.2, 1.6);
  });

  it("fare the same with the same seed, and differently with another", async () => {
    const options = { datagrams: { loss: 0.3, duplicate: 0.3, reorder: 0.3 } };
    const first = await sendNumbers(100, { ...options, seed: "a" });
    expect(await sendNumbers(100, { ...options, seed: "a" })).to.deep.equal(first);
    const other = await sendNumbers(100, { ...options, seed: "b" });
    expect(other.arrived).to.not.deep.equal(first.arrived);
    const unseeded = await sendNumbers(100, options);
    expect(unseeded).to.deep.equal(await sendNumbers(100, { ...options, seed: 0 }));
  });

  it("are lost alike, whatever other faults are set", async () => {
    const lostIn = async (more: object): Promise<number[]> => {
      const { arrived } = await sendNumbers(100, { datagrams: { loss: 0.3, ...more } });
      return numbersTo(100).filter((number) => !arrived.includes(number));
    };
    const lost = await lostIn({});
    expect(lost).to.not.be.empty;
    expect(await lostIn({ duplicate: 0.5 })).to.deep.equal(lost);
    expect(await lostIn({ reorder: 1 })).to.deep.equal(lost);
  });

  it("are lost alike, whatever other ports send", async () => {
    const heard = async (chatter: boolean): Promise<string[]> => {
      const reactor = createReactor("clock", { datagrams: { loss: 0.5 } });
      const [one, other, receiver] = [new Notes(), new Notes(), new Notes()];
      reactor.listenUDP(1, one);
      reactor.listenUDP(2, other);
      reactor.listenUDP(3, receiver);
      await reactor.advance(0);
      for (let i = 0; i < 50; i++) {
        if (chatter) other.transport.write("chatter", { host: HOST, port: 9 });
        one.transport.write(`${i}`, { host: HOST, port: 3 });
      }
      await reactor.advance(0);
      return receiver.texts;
    };
    expect(await heard(true)).to.deep.equal(await heard(false));
  });

  it("refuses faults that are no probabilities, and a seed that is none", () => {
    for (const datagrams of [
      { loss: -0.1 },
      { loss: 1.1 },
      { duplicate: Number.NaN },
      { reorder: 2 },
      { reorderSeconds: -1 },
      { reorderSeconds: Infinity },
    ]) {
      expect(() => createReactor("clock", { datagrams })).to.throw(BadOptionError, /datagrams\./);
    }
    expect(() => createReactor("clock", { seed: Number.NaN })).to.throw(BadOptionError, /seed/);
  });

  it("that find the receive buffer full are dropped, and the trace says so", async () => {
    const trace: string[] = [];
    const reactor = createReactor("clock", { trace: ({ event }) => trace.push(event) });
    const [one, other] = [new Notes(), new Notes()];
    reactor.listenUDP(1, one);
    reactor.listenUDP(2, other);
    await reactor.advance(0);
    for (let i = 0; i < 300; i++) one.transport.write("", { host: HOST, port: 2 });
    await reactor.advance(0);
    expect(other.texts.length).to.be.within(200, 299);
    expect(trace.filter((event) => event === "udp overflow 1>2")).to.have.lengthOf(
      300 - other.texts.length,
    );
    one.transport.write("room again", { host: HOST, port: 2 });
    await reactor.advance(0);
    expect(other.texts.at(-1)).to.equal("room again");
  });

  it("come from the address that they were answered at", async () => {
    const reactor = createReactor("clock");
    const [one, other] = [new Notes(), new Notes()];
    reactor.listenUDP(1, one);
    reactor.listenUDP(2, other, { interface: "10.0.0.2" });
    await reactor.advance(0);
    one.transport.write("hello", { host: "10.0.0.2", port: 2 });
    one.transport.write("not you", { host: "10.0.0.3", port: 2 });
    await reactor.advance(0);
    expect(other.texts).to.deep.equal(["hello"]);
    expect(other.senders).to.deep.equal([{ type: "UDP", host: "10.0.0.2", port: 1 }]);
    one.transport.connect("10.0.0.2", 2);
    expect(one.transport.getHost()).to.deep.equal({ type: "UDP", host: "10.0.0.2", port: 1 });
  });

  it("to everybody reach every port of that number that is bound to no address", async () => {
    const reactor = createReactor("clock");
    const [sender, any, one] = [new Notes(), new Notes(), new Notes()];
    reactor.listenUDP(1, sender);
    reactor.listenUDP(2, any);
    reactor.listenUDP(3, one, { interface: HOST });
    await reactor.advance(0);
    sender.transport.setBroadcastAllowed(true);
    for (const port of [2, 3]) sender.transport.write("all", { host: "<broadcast>", port });
    await reactor.advance(0);
    expect(any.texts).to.deep.equal(["all"]);
    expect(one.texts).to.deep.equal([]);
  });

  it("have ports of their own: UDP and TCP do not get in each other's way", async () => {
    const reactor = createReactor("clock");
    const opened: string[] = [];
    const note = (port: { getHost(): { type: string; port: number } }): void => {
      opened.push(`${port.getHost().type} ${port.getHost().port}`);
    };
    for (const port of [0, 7000]) {
      reactor.listenTCP(port, Factory.forProtocol(Protocol)).addCallback(note);
      reactor.listenUDP(port, new Notes()).addCallback(note);
    }
    await reactor.advance(0);
    expect(opened).to.deep.equal(["TCP 49152", "UDP 49152", "TCP 7000", "UDP 7000"]);
  });
});
