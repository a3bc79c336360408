import { expect } from "chai";
import { DatagramProtocol, type MulticastTransport } from "skein/protocols";
import { createReactor, type Reactor } from "skein/reactor";

const GROUP = "239.1.2.3";

class Member extends DatagramProtocol<MulticastTransport> {
  readonly texts: string[] = [];

  override datagramReceived(data: Uint8Array): void {
    this.texts.push(new TextDecoder().decode(data));
  }
}

async function open(reactor: Reactor<"multicast" | "clock">, port: number): Promise<Member> {
  const member = new Member();
  reactor.listenMulticast(port, member, { listenMultiple: true });
  await reactor.advance(0);
  return member;
}

describe("groups on the clock", () => {
  it("are heard by members only, each with bytes of their own", async () => {
    const reactor = createReactor("clock");
    const [one, other, stranger] = [
      await open(reactor, 1),
      await open(reactor, 1),
      await open(reactor, 1),
    ];
    for (const { transport } of [one, other]) transport.joinGroup(GROUP);
    one.datagramReceived = (data) => data.fill(0);
    stranger.transport.write("hello", { host: GROUP, port: 1 });
    await reactor.advance(0);
    expect(other.texts).to.deep.equal(["hello"]);
    expect(stranger.texts).to.deep.equal([]);
  });

  it("are not heard by a port that is bound to an address of its own", async () => {
    const reactor = createReactor("clock");
    const one = new Member();
    reactor.listenMulticast(1, one, { interface: "10.0.0.1" });
    await reactor.advance(0);
    one.transport.joinGroup(GROUP);
    one.transport.write("hello", { host: GROUP, port: 1 });
    await reactor.advance(0);
    expect(one.texts).to.deep.equal([]);
  });

  it("keep the loopback interface apart from the others", async () => {
    const reactor = createReactor("clock");
    const [local, distant, sender] = [
      await open(reactor, 1),
      await open(reactor, 1),
      await open(reactor, 2),
    ];
    local.transport.joinGroup(GROUP, "127.0.0.1");
    distant.transport.joinGroup(GROUP, "10.0.0.5");
    sender.transport.write("out", { host: GROUP, port: 1 });
    await reactor.advance(0);
    expect([local.texts, distant.texts]).to.deep.equal([[], ["out"]]);
    sender.transport.setOutgoingInterface("127.0.0.1");
    sender.transport.write("here", { host: GROUP, port: 1 });
    await reactor.advance(0);
    expect([local.texts, distant.texts]).to.deep.equal([["here"], ["out"]]);
  });

  it("are not heard on this host when loopback is off, but by the loopback interface", async () => {
    const reactor = createReactor("clock");
    const [one, sender] = [await open(reactor, 1), await open(reactor, 2)];
    one.transport.joinGroup(GROUP);
    one.transport.joinGroup(GROUP, "127.0.0.1");
    sender.transport.setLoopbackMode(false);
    sender.transport.write("quiet", { host: GROUP, port: 1 });
    sender.transport.setOutgoingInterface("127.0.0.1");
    sender.transport.write("loud", { host: GROUP, port: 1 });
    await reactor.advance(0);
    expect(one.texts).to.deep.equal(["loud"]);
  });

  it("of IPv6 work too", async () => {
    const reactor = createReactor("clock");
    const one = new Member();
    reactor.listenMulticast(1, one, { interface: "::" });
    await reactor.advance(0);
    await one.transport.joinGroup("FF02::0:7");
    one.transport.write("hello", { host: "ff02::7", port: 1 });
    await reactor.advance(0);
    expect(one.texts).to.deep.equal(["hello"]);
  });
});
