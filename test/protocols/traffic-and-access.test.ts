import { expect } from "chai";
import {
  AccessFactory,
  Echo,
  Factory,
  inNetworks,
  LineReceiver,
  Protocol,
  ProtocolWrapper,
  TrafficLoggingFactory,
  WrappingFactory,
} from "skein/protocols";
import { LineClient } from "skein/testing";
import { Noted, onClock } from "../support/on-clock.ts";

describe("TrafficLoggingFactory", () => {
  it("tells of each piece with its connection and peer, and of the sums at the end", () =>
    onClock(async ({ reactor, pass }) => {
      const log: string[] = [];
      const logged = new TrafficLoggingFactory(Factory.forProtocol(Echo), (event) => {
        expect(event.peer).to.include({ type: "TCP", host: "127.0.0.1" });
        const text = "data" in event ? ` ${Buffer.from(event.data).toString()}` : "";
        const sums = "reason" in event ? ` ${event.receivedBytes}/${event.sentBytes}` : "";
        log.push(`${event.connection} ${event.kind}${text}${sums}`);
      });
      await reactor.listenTCP(7000, logged);
      const [one, two] = [
        await LineClient.dial(reactor, 7000),
        await LineClient.dial(reactor, 7000),
      ];
      one.transport.write("abc");
      await pass(0.1);
      two.close();
      await pass(0.1);
      one.close();
      await pass(0.1);
      expect(log).to.deep.equal([
        "1 made",
        "2 made",
        "1 received abc",
        "1 sent abc",
        "2 lost 0/0",
        "1 lost 3/3",
      ]);
    }));

  it("counts once what one protocol leaves to the next", () =>
    onClock(async ({ reactor, pass }) => {
      const next = new Noted();
      class First extends LineReceiver {
        override lineReceived(line: string): void {
          expect(line).to.equal("first");
          this.transport.setProtocol(next, this.takeUnread());
        }
      }
      const seen: string[] = [];
      const logged = new TrafficLoggingFactory(Factory.forProtocol(First), (event) => {
        if (event.kind === "received") seen.push(Buffer.from(event.data).toString());
      });
      await reactor.listenTCP(7000, logged);
      const client = await LineClient.dial(reactor, 7000);
      client.transport.write("first\r\nsecond\r\n");
      await pass(0.1);
      client.transport.write("third");
      await pass(0.1);
      expect(next.received).to.equal("second\r\nthird");
      expect(seen).to.deep.equal(["first\r\nsecond\r\n", "third"]);
      expect(logged.receivedBytes).to.equal(20);
      client.close();
    }));
});

describe("ProtocolWrapper", () => {
  it("says which protocol has the connection", () =>
    onClock(async ({ reactor, pass }) => {
      let wrapper: ProtocolWrapper | undefined;
      class Remembering extends WrappingFactory {
        protected override wrap(protocol: Protocol): ProtocolWrapper {
          return (wrapper = new ProtocolWrapper(protocol));
        }
      }
      const [first, second] = [new Noted(), new Noted()];
      await reactor.listenTCP(7000, new Remembering(Factory.from(() => first)));
      const client = await LineClient.dial(reactor, 7000);
      await pass(0.01);
      expect(wrapper?.wrappedProtocol).to.equal(first);
      first.transport.setProtocol(second);
      expect(wrapper?.wrappedProtocol).to.equal(second);
      expect(second.transport).to.equal(wrapper);
      client.close();
      await pass(0.1);
      second.transport.setProtocol(first);
      expect(wrapper?.wrappedProtocol).to.equal(second);
      expect([first.life, second.life]).to.deep.equal([
        ["made"],
        ["made", "lost ConnectionDoneError"],
      ]);
    }));
});

describe("AccessFactory", () => {
  it("refuses those that the predicate does not want, before a protocol is built", () =>
    onClock(async ({ reactor, errors }) => {
      const local = inNetworks(["127.0.0.1"]);
      const wanted: ((address: never) => boolean)[] = [
        local,
        () => false,
        () => {
          throw new Error("cannot say");
        },
      ];
      const built: number[] = [];
      for (const [i, predicate] of wanted.entries()) {
        const factory = Factory.from(() => {
          built.push(i);
          return new Protocol();
        });
        await reactor.listenTCP(7000 + i, new AccessFactory(factory, predicate as typeof local));
        const client = await LineClient.dial(reactor, 7000 + i);
        if (i > 0) await client.ended;
      }
      expect(built).to.deep.equal([0]);
      expect(errors.splice(0).map(String)).to.deep.equal(["Error: cannot say"]);
    }));

  it("takes UNIX sockets to be in no network", () => {
    expect(inNetworks(["0.0.0.0/0", "::/0"])({ type: "UNIX", name: "" })).to.equal(false);
  });
});
