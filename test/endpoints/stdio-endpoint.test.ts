import { expect } from "chai";
import type { Failure } from "skein/defer";
import {
  clientFromString,
  ConnectingCancelledError,
  connectProtocol,
  serverFromString,
  StdioEndpoint,
} from "skein/endpoints";
import { deferLater } from "skein/task";
import { Factory, Protocol } from "skein/protocols";
import {
  type backends,
  createReactor,
  NoProtocolError,
  type ReactorOn,
  type ScriptedProcess,
  StdioInUseError,
} from "skein/reactor";

type Clock = ReactorOn<typeof backends.clock>;

/** Echoes, and notes what becomes of it and its factory. */
class Notes extends Factory<Protocol> {
  readonly seen: string[] = [];
  override startFactory(): void {
    this.seen.push("start");
  }
  override stopFactory(): void {
    this.seen.push("stop");
  }
  connectionAccepted(): void {
    this.seen.push("accepted");
  }
  connectionEnded(): void {
    this.seen.push("ended");
  }
  override buildProtocol(): Protocol {
    const { seen } = this;
    return new (class extends Protocol {
      override connectionMade(): void {
        seen.push("made");
      }
      override dataReceived(data: Uint8Array): void {
        this.transport.write(data);
      }
      override connectionLost(reason: Failure): void {
        seen.push(`lost ${(reason.value as Error).name}`);
      }
    })();
  }
}

/** Says "tea", and ends when that has come back. */
async function user(child: ScriptedProcess): Promise<void> {
  await child.write("tea");
  for await (const data of child.stdin) {
    if (new TextDecoder().decode(data) === "tea") break;
  }
  child.exit();
}

async function onClock(body: (reactor: Clock) => Promise<void>): Promise<void> {
  const reactor = createReactor("clock", { stdio: user });
  const stopped = reactor.run();
  await body(reactor);
  expect(reactor.inspect()).to.deep.equal([]);
  if (reactor.running) reactor.stop();
  await stopped;
}

describe("the endpoint of standard input and output", () => {
  it("listens: its one client is there at once, and told of as by any port", () =>
    onClock(async (reactor) => {
      const factory = new Notes();
      const port = await serverFromString(reactor, "stdio:").listen(factory);
      expect(port.getHost()).to.deep.equal({ type: "UNIX", name: "standard input and output" });
      await deferLater(reactor, 1);
      expect(factory.seen).to.deep.equal([
        "start",
        "accepted",
        "made",
        "lost ConnectionDoneError",
        "ended",
      ]);
      await port.stopListening();
      await port.stopListening();
      expect(factory.seen.at(-1)).to.equal("stop");
    }));

  it("connects, and lets the factory go with the connection", () =>
    onClock(async (reactor) => {
      const factory = new Notes();
      await clientFromString(reactor, "stdio:").connect(factory);
      await deferLater(reactor, 1);
      expect(factory.seen).to.deep.equal(["start", "made", "lost ConnectionDoneError", "stop"]);
    }));

  it("is one: whoever comes second fails", () =>
    onClock(async (reactor) => {
      const endpoint = new StdioEndpoint(reactor);
      await connectProtocol(endpoint, new Notes().buildProtocol());
      const second = await endpoint.listen(new Notes()).addErrback((failure) => failure.value);
      expect(second).to.be.instanceOf(StdioInUseError);
      await deferLater(reactor, 1);
    }));

  it("fails when no protocol is built, or it is cancelled", () =>
    onClock(async (reactor) => {
      const endpoint = new StdioEndpoint(reactor);
      const none = await endpoint.connect(Factory.from(() => null)).addErrback((f) => f.value);
      expect(none).to.be.instanceOf(NoProtocolError);
      const cancelled = endpoint.connect(new Notes());
      cancelled.cancel();
      const reason: unknown = await cancelled.addErrback((failure) => failure.value);
      expect(reason).to.be.instanceOf(ConnectingCancelledError);
    }));
});

describe("haproxy: before an endpoint", () => {
  it("has connections be the clients' that the proxy announces, and told of", async () => {
    const reactor = createReactor("clock");
    const stopped = reactor.run();
    const seen: string[] = [];
    const factory = Object.assign(
      Factory.from((address) => {
        seen.push(`built for ${"host" in address ? address.host : address.name}`);
        return new Protocol();
      }),
      {
        connectionAccepted: () => seen.push("accepted"),
        connectionEnded: () => seen.push("ended"),
      },
    );
    const port = await serverFromString(reactor, "haproxy:tcp:7000").listen(factory);
    const proxy = new Protocol();
    await connectProtocol(clientFromString(reactor, "tcp:127.0.0.1:7000"), proxy);
    proxy.transport.write("PROXY TCP4 192.0.2.1 192.0.2.9 4321 25\r\n");
    proxy.transport.loseConnection();
    await deferLater(reactor, 1);
    expect(seen).to.deep.equal(["accepted", "built for 192.0.2.1", "ended"]);
    await port.stopListening();
    if (reactor.running) reactor.stop();
    await stopped;
  });
});
