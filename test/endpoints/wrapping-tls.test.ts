import { expect } from "chai";
import { type Failure, TimeoutError } from "skein/defer";
import {
  type ClientEndpoint,
  clientFromString,
  ConnectingCancelledError,
  connectProtocol,
  MemoryClientEndpoint,
  MemoryServerEndpoint,
  quoteStringArgument,
  serverFromString,
  TLSClientEndpoint,
  TLSServerEndpoint,
  wrapClientTLS,
  wrapServerTLS,
} from "skein/endpoints";
import { Factory, Protocol } from "skein/protocols";
import {
  BadOptionError,
  type backends,
  CertificateNameError,
  ConnectionLostError,
  createReactor,
  NoCapabilityError,
  NotTLSError,
  type ReactorOn,
  type StreamAddress,
} from "skein/reactor";
import { certificates } from "../support/certificates.ts";
import { errorOf, failedWith, watch } from "../support/outcomes.ts";
import { onLibuv, Shouting } from "../support/streams.ts";

const tls = certificates();
const { trustRoot } = tls;

/** Is told of handshakes that fail. */
class Hosts extends Factory {
  readonly events: string[] = [];
  override buildProtocol(): Protocol {
    this.events.push("built");
    return new Protocol();
  }
  override handshakeFailed(address: StreamAddress, reason: Failure): void {
    this.events.push(`${address.type} ${(reason.value as Error).name}`);
  }
}

/** Says nothing, whatever it hears. */
class Silent extends Protocol {}

describe("TLS over any endpoint", () => {
  let reactor: ReactorOn<typeof backends.clock>;
  const errors: unknown[] = [];
  beforeEach(async () => {
    errors.length = 0;
    reactor = createReactor("clock", {
      certificates: tls.simulated,
      names: { "tea.example": "10.0.0.5", "coffee.example": "10.0.0.5" },
      onError: (error) => errors.push(error),
    });
    await reactor.advance(0);
  });
  afterEach(() => expect(errors).to.deep.equal([]));
  const open = (): string[] =>
    reactor
      .inspect()
      .filter(({ kind }) => kind !== "port")
      .map(({ kind, description }) => `${kind}: ${description}`);

  it("asks for the name of the host, though it connects to an address", async () => {
    void new TLSServerEndpoint(reactor, 443, tls.server).listen(new Hosts());
    await reactor.advance(0);
    const connect = (host: string): unknown[] =>
      watch(
        connectProtocol(new TLSClientEndpoint(reactor, host, 443, { trustRoot }), new Protocol()),
      );
    const [right, wrong] = [connect("tea.example"), connect("coffee.example")];
    await reactor.advance(5);
    expect(right[0]).to.be.instanceOf(Protocol);
    expect(wrong[0]).to.have.property("failed").that.is.instanceOf(CertificateNameError);
  });

  it("says why there is none, on both sides, and leaves nothing open", async () => {
    const hosts = new Hosts();
    const server = new MemoryServerEndpoint(reactor, "tea");
    void wrapServerTLS(reactor, tls.server, server).listen(hosts);
    const client = new MemoryClientEndpoint(reactor, "tea");
    const factory = Factory.forProtocol(Protocol);
    const secured = wrapClientTLS({ trustRoot, serverName: "rum.example" }, client);
    const outcomes = watch(secured.connect(factory));
    await reactor.advance(10);
    expect(failedWith(outcomes)).to.be.instanceOf(CertificateNameError);
    expect(hosts.events).to.have.length(1);
    expect(hosts.events[0]).to.match(/^UNIX \w+Error$/);
    expect(open()).to.deep.equal([]);
  });

  it("needs a name, where the endpoint has none", async () => {
    void new MemoryServerEndpoint(reactor, "tea").listen(new Shouting());
    const nameless = wrapClientTLS({ trustRoot }, new MemoryClientEndpoint(reactor, "tea"));
    const outcomes = watch(connectProtocol(nameless, new Protocol()));
    await reactor.advance(1);
    expect(failedWith(outcomes))
      .to.be.instanceOf(BadOptionError)
      .with.property("message")
      .that.includes("serverName");
    expect(open()).to.deep.equal([]);
  });

  const silent = async (): Promise<ClientEndpoint> => {
    void new MemoryServerEndpoint(reactor, "tea").listen(Factory.forProtocol(Silent));
    await reactor.advance(0);
    return new MemoryClientEndpoint(reactor, "tea");
  };

  it("gives up when it is cancelled in the middle of the handshake", async () => {
    const secured = wrapClientTLS({ trustRoot, serverName: "tea.example" }, await silent());
    const guest = new Protocol();
    const connecting = connectProtocol(secured, guest);
    await reactor.advance(1);
    connecting.cancel();
    expect(errorOf(connecting)).to.be.instanceOf(ConnectingCancelledError);
    await reactor.advance(1);
    expect(open()).to.deep.equal([]);
    expect(() => guest.transport).to.throw();
  });

  it("reports what a server's factory throws, which is no handshake that failed", async () => {
    const thrown = new RangeError("no more tea");
    class Broken extends Hosts {
      override buildProtocol(): Protocol {
        throw thrown;
      }
    }
    const hosts = new Broken();
    const server = new MemoryServerEndpoint(reactor, "tea");
    void wrapServerTLS(reactor, tls.server, server).listen(hosts);
    const secured = wrapClientTLS(
      { trustRoot, serverName: "tea.example" },
      new MemoryClientEndpoint(reactor, "tea"),
    );
    void connectProtocol(secured, new Protocol()).addErrback(() => undefined);
    await reactor.advance(10);
    expect(errors.splice(0)).to.deep.equal([thrown]);
    expect(hosts.events).to.deep.equal([]);
    expect(open()).to.deep.equal([]);
  });

  it("waits for the handshake no longer than its timeout", async () => {
    const options = { trustRoot, serverName: "tea.example", handshakeTimeout: 7 };
    const connecting = connectProtocol(wrapClientTLS(options, await silent()), new Protocol());
    const outcomes = watch(connecting);
    await reactor.advance(6.9);
    expect(outcomes).to.deep.equal([]);
    await reactor.advance(5);
    expect(outcomes[0]).to.have.property("failed").that.is.instanceOf(TimeoutError);
    expect(open()).to.deep.equal([]);
  });

  it("fails when the other side talks something else, or goes away", async () => {
    class Chatty extends Protocol {
      override connectionMade(): void {
        this.transport.write("220 hello\r\n");
      }
    }
    class Leaving extends Protocol {
      override connectionMade(): void {
        this.transport.loseConnection();
      }
    }
    void new MemoryServerEndpoint(reactor, "chatty").listen(Factory.forProtocol(Chatty));
    void new MemoryServerEndpoint(reactor, "leaving").listen(Factory.forProtocol(Leaving));
    await reactor.advance(0);
    const connect = (name: string): unknown[] => {
      const client = new MemoryClientEndpoint(reactor, name);
      const secured = wrapClientTLS({ serverName: "tea.example" }, client);
      return watch(connectProtocol(secured, new Protocol()));
    };
    const [chatty, leaving] = [connect("chatty"), connect("leaving")];
    await reactor.advance(10);
    expect(chatty[0]).to.have.property("failed").that.is.instanceOf(NotTLSError);
    expect(leaving[0]).to.have.property("failed").that.is.instanceOf(ConnectionLostError);
  });

  it("is refused over what goes by TLS already", async () => {
    void new TLSServerEndpoint(reactor, 443, tls.server).listen(new Hosts());
    await reactor.advance(0);
    const once = new TLSClientEndpoint(reactor, "tea.example", 443, { trustRoot });
    const outcomes = watch(connectProtocol(wrapClientTLS({ trustRoot }, once), new Protocol()));
    await reactor.advance(5);
    expect(failedWith(outcomes)).to.be.instanceOf(BadOptionError);
    expect(open()).to.deep.equal([]);
  });

  it("reads files at listen() and connect(), and names one that cannot be read", async () => {
    await onLibuv(async (real) => {
      const missing = "/no/such/key.pem";
      const server = serverFromString(real, `ssl:0:privateKey=${missing}`);
      expect(errorOf(server.listen(new Shouting())))
        .to.be.instanceOf(BadOptionError)
        .with.property("message")
        .that.includes(missing);
      const over = serverFromString(
        real,
        String.raw`tls:privateKey=/no/such/key.pem:endpoint=memory\:tea`,
      );
      expect(errorOf(over.listen(new Shouting()))).to.be.instanceOf(BadOptionError);
      const port = await serverFromString(real, "tcp:0:interface=127.0.0.1").listen(new Shouting());
      const { port: number } = port.getHost() as { port: number };
      const client = clientFromString(real, `tls:127.0.0.1:${number}:trustRoots=${missing}`);
      const error = await connectProtocol(client, new Protocol()).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error)
        .to.be.instanceOf(BadOptionError)
        .with.property("message")
        .that.includes(missing);
    });
  });

  it("says that it is lacking, where the backend has none", async () => {
    const timer = createReactor("timer");
    void timer.run();
    const other = timer as unknown as typeof reactor;
    const server = new MemoryServerEndpoint(timer, "tea");
    expect(errorOf(wrapServerTLS(other, tls.server, server).listen(new Hosts()))).to.be.instanceOf(
      NoCapabilityError,
    );
    await server.listen(new Shouting());
    const client = new MemoryClientEndpoint(timer, "tea");
    const error = await connectProtocol(
      wrapClientTLS({ serverName: "tea.example" }, client),
      new Protocol(),
    ).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(NoCapabilityError);
    timer.stop();
  });

  it("goes through a command, to a server that the command connects to", async () => {
    await onLibuv(async (real) => {
      const server = new TLSServerEndpoint(real, 0, tls.server, { interface: "127.0.0.1" });
      const port = await server.listen(new Shouting());
      const script =
        `const s = require("net").connect(${port.getHost().port}, "127.0.0.1");` +
        "process.stdin.pipe(s).pipe(process.stdout);";
      const words = [process.execPath, "-e", script].map(quoteStringArgument);
      const command = `process:${words.join(":")}`;
      const client = clientFromString(
        real,
        `tls:tea.example:trustRoots=${quoteStringArgument(trustRoot)}` +
          `:endpoint=${quoteStringArgument(command)}`,
      );
      let heard!: (text: string) => void;
      const answer = new Promise<string>((resolve) => (heard = resolve));
      class Guest extends Protocol {
        override dataReceived(data: Uint8Array): void {
          heard(Buffer.from(data).toString());
        }
      }
      const guest = await connectProtocol(client, new Guest());
      expect(guest.transport.getPeerCertificate()?.subject).to.equal("tea.example");
      guest.transport.write("tea");
      expect(await answer).to.equal("TEA");
    });
  });
});
