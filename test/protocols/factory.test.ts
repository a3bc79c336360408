import { expect } from "chai";
import {
  ClientFactory,
  type ClientProtocolFactory,
  Factory,
  Protocol,
  type TCPAddress,
} from "skein/protocols";
import { createReactor } from "skein/reactor";

const ADDRESS: TCPAddress = { type: "TCP", host: "127.0.0.1", port: 1 };

class Counted extends Factory {
  readonly log: string[] = [];
  override startFactory(): void {
    this.log.push("start");
  }
  override stopFactory(): void {
    this.log.push("stop");
  }
  override buildProtocol(): Protocol {
    return new Protocol();
  }
}

describe("Factory", () => {
  it("starts before its first use and stops after its last", () => {
    const factory = new Counted();
    factory.doStart();
    factory.doStart();
    expect(factory.log).to.deep.equal(["start"]);
    factory.doStop();
    expect(factory.log).to.deep.equal(["start"]);
    factory.doStop();
    expect(factory.log).to.deep.equal(["start", "stop"]);
  });

  it("is asked for where a protocol or its class is passed in its place", () => {
    const reactor = createReactor("clock");
    const message = "connections need a factory, an object with buildProtocol(); ";
    for (const wrong of [Protocol, new Protocol(), () => new Protocol(), undefined]) {
      expect(() => reactor.listenTCP(7000, wrong as never)).to.throw(TypeError, message);
      expect(() => reactor.listenUNIX("/a", wrong as never)).to.throw(TypeError, message);
      expect(() => reactor.connectTCP("127.0.0.1", 7000, wrong as never)).to.throw(
        TypeError,
        message,
      );
    }
    expect(() =>
      reactor.connectTCP("127.0.0.1", 7000, Factory.forProtocol(Protocol) as never),
    ).to.throw(TypeError, "outgoing connections need a client factory; ");
    expect(reactor.inspect()).to.deep.equal([]);
  });

  it("is not made of what is no class", () => {
    for (const wrong of [new Protocol(), () => new Protocol(), undefined]) {
      for (const kind of [Factory, ClientFactory]) {
        expect(() => kind.forProtocol(wrong as never)).to.throw(
          TypeError,
          "forProtocol() takes a protocol's class: Factory.forProtocol(Echo); " +
            "of a function that makes protocols Factory.from() makes a factory",
        );
      }
    }
  });

  it("may be used again", () => {
    const factory = new Counted();
    for (let i = 0; i < 2; i++) {
      factory.doStart();
      factory.doStop();
    }
    expect(factory.log).to.deep.equal(["start", "stop", "start", "stop"]);
  });

  it("ignores a stop that is one too many", () => {
    const factory = new Counted();
    factory.doStop();
    factory.doStart();
    factory.doStop();
    factory.doStop();
    expect(factory.log).to.deep.equal(["start", "stop"]);
  });

  it("has not started when startFactory throws: the next use tries again", () => {
    class Hesitant extends Counted {
      override startFactory(): void {
        super.startFactory();
        if (this.log.length === 1) throw new Error("planted");
      }
    }
    const factory = new Hesitant();
    expect(() => factory.doStart()).to.throw("planted");
    factory.doStart();
    expect(factory.log).to.deep.equal(["start", "start"]);
    factory.doStop();
    expect(factory.log).to.deep.equal(["start", "start", "stop"]);
  });

  it("is started and stopped by the ports that use it", async () => {
    const factory = new Counted();
    const reactor = createReactor("clock");
    const ports = [reactor.listenTCP(1, factory), reactor.listenTCP(2, factory)];
    await reactor.advance(0);
    expect(factory.log).to.deep.equal(["start"]);
    for (const port of ports) port.addCallback((listening) => listening.stopListening());
    await reactor.advance(0);
    expect(factory.log).to.deep.equal(["start", "stop"]);
  });

  it("of a protocol class makes a new protocol for each connection", () => {
    class Mine extends Protocol {}
    const factory = Factory.forProtocol(Mine);
    const first = factory.buildProtocol(ADDRESS);
    expect(first).to.be.instanceOf(Mine);
    expect(factory.buildProtocol(ADDRESS)).not.to.equal(first);
    expect(factory).to.be.instanceOf(Factory);
  });
});

describe("ClientFactory", () => {
  it("of a protocol class makes protocols, and takes what it is told in silence", () => {
    class Mine extends Protocol {}
    const factory: ClientProtocolFactory = ClientFactory.forProtocol(Mine);
    expect(factory).to.be.instanceOf(ClientFactory);
    expect(factory.buildProtocol(ADDRESS)).to.be.instanceOf(Mine);
  });

  it("is told of the attempt and of the end of the connection", async () => {
    const log: string[] = [];
    class Telling extends ClientFactory {
      override buildProtocol(): Protocol {
        return new Protocol();
      }
      override startedConnecting(): void {
        log.push("started");
      }
      override clientConnectionFailed(): void {
        log.push("failed");
      }
      override clientConnectionLost(): void {
        log.push("lost");
      }
    }
    const reactor = createReactor("clock");
    reactor.connectTCP("127.0.0.1", 7000, new Telling());
    await reactor.advance(1);
    expect(log).to.deep.equal(["started", "failed"]);

    const listening = reactor.listenTCP(7000, Factory.forProtocol(Protocol));
    const connector = reactor.connectTCP("127.0.0.1", 7000, new Telling());
    await reactor.advance(1);
    connector.disconnect();
    await reactor.advance(1);
    expect(log).to.deep.equal(["started", "failed", "started", "lost"]);
    listening.addCallback((port) => port.stopListening());
    await reactor.advance(1);
  });
});
