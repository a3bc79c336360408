import { expect } from "chai";
import { CancelledError, type Deferred, type Failure, TimeoutError } from "skein/defer";
import {
  AllAddressesFailedError,
  ConnectingCancelledError,
  HostnameEndpoint,
  type HostnameOptions,
} from "skein/endpoints";
import { Factory, Protocol } from "skein/protocols";
import {
  BadOptionError,
  ConnectError,
  ConnectionRefusedError,
  NoProtocolError,
  type SimulatedName,
  type StreamAddress,
  UnknownHostError,
} from "skein/reactor";
import { type Dialling, dialling, type Fate } from "../support/dialling.ts";
import { collectUnhandled, errorOf, type Failed, watch } from "../support/outcomes.ts";

const PORT = 80;

/** Says what happens to it, and what it hears. */
class Guest extends Protocol {
  readonly events: string[];
  constructor(events: string[]) {
    super();
    this.events = events;
  }
  override connectionMade(): void {
    this.events.push("made");
  }
  override dataReceived(data: Uint8Array): void {
    this.events.push(Buffer.from(data).toString());
  }
  override connectionLost(reason: Failure): void {
    this.events.push(`lost ${(reason.value as Error).name}`);
  }
}

class Guests extends Factory<Guest> {
  readonly events: string[] = [];
  /** Where protocols were built for. */
  readonly built: string[] = [];
  override startFactory(): void {
    this.events.push("start");
  }
  override stopFactory(): void {
    this.events.push("stop");
  }
  override buildProtocol(address: StreamAddress): Guest | null {
    if (address.type === "TCP") this.built.push(address.host);
    return new Guest(this.events);
  }
}

class Host extends Protocol {
  override connectionMade(): void {
    this.transport.write("hello");
  }
}

describe("HostnameEndpoint", () => {
  const unhandled = collectUnhandled();

  interface Scene extends Dialling {
    readonly guests: Guests;
    readonly connect: (options?: HostnameOptions) => Deferred<Guest>;
    /** What is left open, but for the port that listens. */
    readonly left: () => string[];
  }

  /** A reactor that runs, with a server on all addresses, and an endpoint for `host.example`. */
  const scene = async (
    addresses: SimulatedName,
    fates: Record<string, Fate>,
    guests = new Guests(),
  ): Promise<Scene> => {
    const made = dialling({ "host.example": addresses }, fates);
    const { reactor } = made;
    await reactor.advance(0);
    void reactor.listenTCP(PORT, Factory.forProtocol(Host), { interface: "::" });
    await reactor.advance(0);
    const connect = (options?: HostnameOptions): Deferred<Guest> =>
      new HostnameEndpoint(reactor, "host.example", PORT, options).connect(guests);
    const left = (): string[] =>
      reactor
        .inspect()
        .filter(({ kind }) => kind !== "port")
        .map(({ kind, description }) => `${kind}: ${description}`);
    return { ...made, guests, connect, left };
  };

  it("fires between connectionMade and the first bytes", async () => {
    const { reactor, connect, guests } = await scene("10.0.0.1", {
      "10.0.0.1": { ends: "connects" },
    });
    connect().addCallback((guest) => {
      guest.events.push(`connected ${guest.transport.connected}`);
    });
    await reactor.advance(1);
    expect(guests.events).to.deep.equal(["start", "made", "connected true", "hello"]);
    expect(guests.built).to.deep.equal(["10.0.0.1"]);
  });

  it("takes the factory until the connection has ended", async () => {
    const { reactor, connect, guests, left } = await scene("10.0.0.1", {
      "10.0.0.1": { ends: "connects" },
    });
    connect().addCallback((guest) => guest.transport.loseConnection());
    await reactor.advance(1);
    expect(guests.events).to.deep.equal(["start", "made", "lost ConnectionDoneError", "stop"]);
    expect(left()).to.deep.equal([]);
  });

  it("takes the families in turn, 0.3 s apart, until one answers, then no more", async () => {
    const { reactor, connect, log, guests } = await scene(
      ["2001:db8::1", "2001:db8::2", "10.0.0.1", "10.0.0.2"],
      {
        "2001:db8::1": { ends: "never" },
        "10.0.0.1": { ends: "connects", after: 0.75 },
        "2001:db8::2": { ends: "never" },
        "10.0.0.2": { ends: "connects", after: 0.1 },
      },
    );
    const at: number[] = [];
    connect().addCallback(() => at.push(reactor.seconds()));
    await reactor.advance(5);
    expect(log).to.deep.equal([
      "0 dial 2001:db8::1",
      "0.3 dial 10.0.0.1",
      "0.6 dial 2001:db8::2",
      "0.9 dial 10.0.0.2",
      "1 given up 2001:db8::1",
      "1 given up 10.0.0.1",
      "1 given up 2001:db8::2",
    ]);
    expect(at.map((seconds) => seconds.toFixed(3))).to.deep.equal(["1.000"]);
    expect(guests.built).to.deep.equal(["10.0.0.2"]);
  });

  it("lets the first answer win, not the first attempt", async () => {
    const { reactor, connect, guests } = await scene(["10.0.0.1", "10.0.0.2"], {
      "10.0.0.1": { ends: "connects", after: 0.5 },
      "10.0.0.2": { ends: "connects", after: 0.1 },
    });
    connect();
    await reactor.advance(5);
    expect(guests.built).to.deep.equal(["10.0.0.2"]);
    expect(guests.events).to.deep.equal(["start", "made", "hello"]);
  });

  it("builds one protocol when two answer at the same moment", async () => {
    const { reactor, connect, guests, left } = await scene(["10.0.0.1", "10.0.0.2"], {
      "10.0.0.1": { ends: "connects", after: 0.5 },
      "10.0.0.2": { ends: "connects", after: 0.25 },
    });
    connect({ attemptDelay: 0.25 });
    await reactor.advance(5);
    expect(guests.built).to.have.lengthOf(1);
    expect(left().filter((thing) => thing.startsWith("connector"))).to.have.lengthOf(1);
  });

  it("goes on to the next address as soon as one has failed", async () => {
    const { reactor, connect, log } = await scene(["10.0.0.1", "10.0.0.2", "10.0.0.3"], {
      "10.0.0.1": { ends: "refused", after: 0.1 },
      "10.0.0.2": { ends: "never" },
      "10.0.0.3": { ends: "connects", after: 0.1 },
    });
    connect();
    await reactor.advance(5);
    expect(log).to.deep.equal([
      "0 dial 10.0.0.1",
      "0.1 dial 10.0.0.2",
      "0.4 dial 10.0.0.3",
      "0.5 given up 10.0.0.2",
    ]);
  });

  it("reports the failures of all, in the order of the addresses", async () => {
    const { reactor, connect, guests, left } = await scene(["10.0.0.1", "10.0.0.2", "::1"], {
      "10.0.0.1": { ends: "never" },
      "10.0.0.2": { ends: "refused", after: 1 },
      "::1": { ends: "refused" },
    });
    const failed = connect({ timeout: 5 });
    await reactor.advance(10);
    const error = errorOf(failed) as AllAddressesFailedError;
    expect(error).to.be.instanceOf(AllAddressesFailedError).and.instanceOf(ConnectError);
    expect(error).to.include({ code: "ERR_ALL_ADDRESSES_FAILED" });
    expect(error.message).to.match(/^cannot connect to host\.example:80: TimeoutError.*; Conn.*; /);
    expect(error.failures.map(({ value }) => (value as Error).constructor)).to.deep.equal([
      TimeoutError,
      ConnectionRefusedError,
      ConnectionRefusedError,
    ]);
    expect(error.failures[1]?.message).to.contain("::1");
    expect(guests.events).to.deep.equal(["start", "stop"]);
    expect(left()).to.deep.equal([]);
  });

  it("fails as the resolver does, when there is no address", async () => {
    const { reactor, connect, log, guests } = await scene([], {});
    const failed = connect();
    await reactor.advance(1);
    expect(errorOf(failed)).to.be.instanceOf(UnknownHostError);
    expect(log).to.deep.equal([]);
    expect(guests.events).to.deep.equal(["start", "stop"]);
  });

  it("is cancelled while the name is looked up", async () => {
    const { reactor, connect, log, left } = await scene(
      { addresses: ["10.0.0.1"], delay: 5 },
      { "10.0.0.1": { ends: "connects" } },
    );
    const connecting = connect();
    await reactor.advance(1);
    connecting.cancel();
    expect(left()).to.deep.equal([]);
    await reactor.advance(10);
    expect(errorOf(connecting)).to.be.instanceOf(ConnectingCancelledError);
    expect(log).to.deep.equal([]);
  });

  it("is cancelled while it connects: all attempts are given up, and none begins", async () => {
    const { reactor, connect, log, guests, left } = await scene(
      ["10.0.0.1", "10.0.0.2", "10.0.0.3"],
      { "10.0.0.1": { ends: "never" }, "10.0.0.2": { ends: "connects", after: 1 } },
    );
    const connecting = connect();
    await reactor.advance(0.5);
    connecting.cancel();
    await reactor.advance(10);
    const error = errorOf(connecting);
    expect(error).to.be.instanceOf(ConnectingCancelledError).and.instanceOf(CancelledError);
    expect(error).to.include({
      name: "ConnectingCancelledError",
      code: "ERR_CONNECTING_CANCELLED",
    });
    expect(error.message).to.equal("connecting to host.example:80 was cancelled");
    expect(log).to.deep.equal([
      "0 dial 10.0.0.1",
      "0.3 dial 10.0.0.2",
      "0.5 given up 10.0.0.1",
      "0.5 given up 10.0.0.2",
    ]);
    expect(guests.events).to.deep.equal(["start", "stop"]);
    expect(left()).to.deep.equal([]);
  });

  it("is cancelled from the protocol's connectionMade: the connection is closed", async () => {
    class Hasty extends Guests {
      cancel: () => void = () => {};
      override buildProtocol(): Guest {
        const { cancel, events } = this;
        return new (class extends Guest {
          override connectionMade(): void {
            super.connectionMade();
            cancel();
          }
        })(events);
      }
    }
    const hasty = new Hasty();
    const made = await scene("10.0.0.1", { "10.0.0.1": { ends: "connects" } }, hasty);
    const connecting = made.connect();
    hasty.cancel = () => connecting.cancel();
    await made.reactor.advance(1);
    expect(errorOf(connecting)).to.be.instanceOf(ConnectingCancelledError);
    expect(hasty.events.filter((event) => event !== "stop")).to.deep.equal([
      "start",
      "made",
      "lost ConnectionDoneError",
    ]);
    expect(hasty.events.filter((event) => event === "stop")).to.have.lengthOf(1);
    expect(made.left()).to.deep.equal([]);
  });

  it("does what a timeout of its Deferred asks: TimeoutError", async () => {
    const { reactor, connect } = await scene("10.0.0.1", { "10.0.0.1": { ends: "never" } });
    const outcome = watch(connect().addTimeout(2, reactor));
    await reactor.advance(2);
    expect(outcome).to.have.lengthOf(1);
    expect((outcome[0] as Failed).failed).to.be.instanceOf(TimeoutError);
  });

  it("counts a factory that builds nothing, or throws, as a failure of that address", async () => {
    class Choosy extends Guests {
      override buildProtocol(address: StreamAddress): Guest | null {
        super.buildProtocol(address);
        if (this.built.length === 1) return null;
        throw new RangeError("not this one either");
      }
    }
    const { reactor, connect, guests, left, errors } = await scene(
      ["10.0.0.1", "10.0.0.2"],
      { "10.0.0.1": { ends: "connects" }, "10.0.0.2": { ends: "connects" } },
      new Choosy(),
    );
    const failed = connect();
    await reactor.advance(1);
    const { failures } = errorOf(failed) as AllAddressesFailedError;
    expect(failures[0]?.value).to.be.instanceOf(NoProtocolError);
    expect(failures[1]?.value).to.be.instanceOf(RangeError);
    expect(guests.built).to.deep.equal(["10.0.0.1", "10.0.0.2"]);
    expect(errors).to.deep.equal([]);
    expect(left()).to.deep.equal([]);
  });

  it("fails with what the factory's start throws, and connects nowhere", async () => {
    class Broken extends Guests {
      override startFactory(): void {
        throw new RangeError("no");
      }
    }
    const { reactor, connect, log } = await scene("10.0.0.1", {}, new Broken());
    const failed = connect();
    await reactor.advance(1);
    expect(errorOf(failed)).to.be.instanceOf(RangeError);
    expect(log).to.deep.equal([]);
  });

  it("tries the addresses of the family that it is bound to, and no other", async () => {
    const { reactor, connect, log } = await scene(["::1", "10.0.0.1"], {
      "10.0.0.1": { ends: "connects" },
    });
    connect({ bindAddress: "10.0.0.9" }).addCallback((guest) => guest.transport.loseConnection());
    await reactor.advance(1);
    expect(log).to.deep.equal(["0 dial 10.0.0.1"]);
  });

  it("takes an IP address as it is, and asks the resolver at each connect otherwise", async () => {
    const { reactor, log, guests, connect } = await scene(
      [{ addresses: ["10.0.0.1"] }, { addresses: ["10.0.0.2"], from: 10 }],
      { "10.0.0.1": { ends: "connects" }, "10.0.0.2": { ends: "connects" } },
    );
    reactor.nameResolver.resolve("10.0.0.1");
    const before = reactor.installNameResolver({
      resolve: () => {
        throw new RangeError("an address is not to be looked up");
      },
    });
    new HostnameEndpoint(reactor, "10.0.0.1", PORT).connect(guests);
    await reactor.advance(1);
    const failed = connect();
    await reactor.advance(1);
    expect(errorOf(failed)).to.be.instanceOf(RangeError);
    reactor.installNameResolver(before);
    connect();
    await reactor.advance(10);
    connect();
    await reactor.advance(1);
    expect(log).to.deep.equal(["0 dial 10.0.0.1", "2 dial 10.0.0.1", "12 dial 10.0.0.2"]);
  });

  it("ends when the reactor stops", async () => {
    const { reactor, connect } = await scene(["10.0.0.1", "10.0.0.2"], {
      "10.0.0.1": { ends: "never" },
    });
    const outcome = watch(connect());
    await reactor.advance(0.1);
    reactor.stop();
    await reactor.advance(10);
    expect((outcome[0] as Failed).failed).to.be.instanceOf(AllAddressesFailedError);
    expect(reactor.inspect()).to.deep.equal([]);
    expect(unhandled).to.deep.equal([]);
  });

  it("refuses ports and times that are none", () => {
    const { reactor } = dialling({}, {});
    for (const [port, options] of [
      [0, {}],
      [70000, {}],
      [80, { timeout: 0 }],
      [80, { attemptDelay: -1 }],
      [80, { attemptDelay: NaN }],
    ] as const) {
      expect(() => new HostnameEndpoint(reactor, "host.example", port, options)).to.throw(
        BadOptionError,
      );
    }
  });
});
