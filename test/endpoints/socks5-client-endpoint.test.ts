import { expect } from "chai";
import {
  HostnameEndpoint,
  SOCKS5ClientEndpoint,
  type SOCKS5EndpointOptions,
} from "skein/endpoints";
import { Echo, Factory, Protocol, SOCKS5Factory, type SOCKS5Options } from "skein/protocols";
import { freePort, serverFolder, startServer } from "../peers/private-server.ts";
import { needsProgram } from "../support/needs-program.ts";
import { Noted, onClock, type OnClock } from "../support/on-clock.ts";
import { failureOf } from "../support/processes.ts";
import { onLibuv } from "../support/streams.ts";

const NAMES = { names: { "echo.example": "10.0.0.5", "silent.example": { delay: Infinity } } };

class Counted extends Factory<Noted> {
  readonly uses: string[] = [];
  override buildProtocol(): Noted | null {
    return new Noted();
  }
  override startFactory(): void {
    this.uses.push("start");
  }
  override stopFactory(): void {
    this.uses.push("stop");
  }
}

async function serving(reactor: OnClock, options: SOCKS5Options = {}): Promise<void> {
  await reactor.listenTCP(7, Factory.forProtocol(Echo), { interface: "10.0.0.5" });
  await reactor.listenTCP(1080, new SOCKS5Factory(reactor, options));
}

function through(
  reactor: OnClock,
  host: string,
  port: number,
  options: SOCKS5EndpointOptions = {},
): SOCKS5ClientEndpoint {
  const proxy = new HostnameEndpoint(reactor, "127.0.0.1", 1080);
  return new SOCKS5ClientEndpoint(reactor, proxy, host, port, options);
}

describe("SOCKS5ClientEndpoint", () => {
  it("connects by name and by address, and hands the connection over", () =>
    onClock(async ({ reactor, pass }) => {
      await serving(reactor);
      for (const host of ["echo.example", "10.0.0.5"]) {
        const factory = new Counted();
        const protocol = await through(reactor, host, 7).connect(factory);
        expect(protocol.life).to.deep.equal(["made"]);
        protocol.transport.write("hello");
        await pass(0.1);
        expect(protocol.received).to.equal("hello");
        expect(factory.uses).to.deep.equal(["start"]);
        protocol.transport.loseConnection();
        await pass(0.1);
        expect(factory.uses).to.deep.equal(["start", "stop"]);
      }
      expect(reactor.getDelayedCalls()).to.deep.equal([]);
    }, NAMES));

  it("delivers what the server has said before the protocol was there", () =>
    onClock(async ({ reactor, pass }) => {
      class Greeter extends Protocol {
        override connectionMade(): void {
          this.transport.write("welcome");
        }
      }
      await serving(reactor);
      await reactor.listenTCP(25, Factory.forProtocol(Greeter), { interface: "10.0.0.5" });
      const protocol = await through(reactor, "10.0.0.5", 25).connect(new Counted());
      await pass(0.1);
      expect(protocol.received).to.equal("welcome");
      protocol.transport.loseConnection();
    }));

  it("logs in with a name and a password where it is asked to", () =>
    onClock(async ({ reactor }) => {
      await serving(reactor, {
        authenticate: (name, password) => `${name}/${password}` === "ann/é",
      });
      const credentials = { username: "ann", password: "é" };
      const protocol = await through(reactor, "10.0.0.5", 7, { credentials }).connect(
        new Counted(),
      );
      protocol.transport.loseConnection();
      const wrong = { credentials: { ...credentials, password: "x" } };
      const refused = await failureOf(
        through(reactor, "10.0.0.5", 7, wrong).connect(new Counted()),
      );
      expect(String(refused)).to.contain("does not accept the name or password");
      const without = await failureOf(through(reactor, "10.0.0.5", 7).connect(new Counted()));
      expect(String(without)).to.contain("accepts no way to log in that is known here");
    }));

  for (const [what, host, port, reply, text] of [
    ["nobody listens", "10.0.0.5", 9, 5, "nobody listens there"],
    ["an unknown name", "nobody.example", 7, 4, "the host cannot be reached, or is not known"],
    ["what is not allowed", "10.0.0.5", 7, 2, "its rules do not allow it"],
  ] as const) {
    it(`says what the proxy has replied: ${what}`, () =>
      onClock(async ({ reactor, pass }) => {
        await serving(reactor, { allow: (target) => target.port !== 7 || target.host !== host });
        const factory = new Counted();
        const failure = await failureOf(through(reactor, host, port).connect(factory));
        expect(failure).to.include({ code: "ERR_SOCKS", reply });
        const where = `the proxy has not connected to ${host}:${port}: ${text}`;
        expect((failure as Error).message).to.equal(where);
        await pass(0.1);
        expect(factory.uses).to.deep.equal(["start", "stop"]);
      }, NAMES));
  }

  it("fails as the connection to the proxy does, and when it is no SOCKS5 proxy", () =>
    onClock(async ({ reactor }) => {
      const none = await failureOf(through(reactor, "10.0.0.5", 7).connect(new Counted()));
      expect(none).to.include({ code: "ERR_ALL_ADDRESSES_FAILED" });
      class Other extends Protocol {
        override connectionMade(): void {
          this.transport.write("SSH-2.0-x\r\n");
        }
      }
      class Leaving extends Protocol {
        override connectionMade(): void {
          this.transport.loseConnection();
        }
      }
      await reactor.listenTCP(1080, Factory.forProtocol(Other));
      const other = await failureOf(through(reactor, "10.0.0.5", 7).connect(new Counted()));
      expect(other).to.include({ code: "ERR_BAD_FRAME" });
      await reactor.listenTCP(1081, Factory.forProtocol(Leaving));
      const proxy = new HostnameEndpoint(reactor, "127.0.0.1", 1081);
      const endpoint = new SOCKS5ClientEndpoint(reactor, proxy, "10.0.0.5", 7);
      const left = await failureOf(endpoint.connect(new Counted()));
      expect((left as Error).message).to.equal(
        "the proxy has gone: the connection was closed cleanly",
      );
    }));

  it("gives up in time on a proxy that does not answer, and lets it go", () =>
    onClock(async ({ reactor, pass }) => {
      await serving(reactor);
      const factory = new Counted();
      const endpoint = through(reactor, "silent.example", 7, { timeout: 5 });
      const failure = await failureOf(endpoint.connect(factory));
      expect(String(failure)).to.contain(
        "no connection to silent.example:7 by SOCKS5 in 5 seconds",
      );
      expect(reactor.seconds()).to.equal(5);
      await pass(0.1);
      expect(factory.uses).to.deep.equal(["start", "stop"]);
    }, NAMES));

  it("is cancelled at any time, and leaves nothing", () =>
    onClock(async ({ reactor, pass }) => {
      await serving(reactor);
      for (const after of [0, 0.001, 1]) {
        const factory = new Counted();
        const connecting = through(reactor, "silent.example", 7).connect(factory);
        if (after > 0) await pass(after);
        connecting.cancel();
        expect(await failureOf(connecting)).to.include({ code: "ERR_CONNECTING_CANCELLED" });
        await pass(0.1);
        expect(factory.uses).to.deep.equal(["start", "stop"]);
        expect(reactor.inspect().filter(({ kind }) => kind === "connector")).to.deep.equal([]);
      }
    }, NAMES));

  it("fails where the factory builds no protocol, or throws", () =>
    onClock(async ({ reactor }) => {
      await serving(reactor);
      const none = await failureOf(
        through(reactor, "10.0.0.5", 7).connect(Factory.from(() => null)),
      );
      expect(none).to.include({ code: "ERR_NO_PROTOCOL" });
      const throwing = Factory.from((): Protocol => {
        throw new Error("cannot build");
      });
      const thrown = await failureOf(through(reactor, "10.0.0.5", 7).connect(throwing));
      expect(String(thrown)).to.equal("Error: cannot build");
    }));

  it("refuses hosts, ports, times and names that are none", () =>
    onClock(async ({ reactor }) => {
      expect(() => through(reactor, "", 7)).to.throw("a host for SOCKS5 has 1 to 255 bytes, not 0");
      expect(() => through(reactor, "x".repeat(256), 7)).to.throw("not 256");
      expect(() => through(reactor, "x", 0)).to.throw("port");
      expect(() => through(reactor, "x", 7, { timeout: 0 })).to.throw("timeout");
      const credentials = { username: "", password: "x" };
      expect(() => through(reactor, "x", 7, { credentials })).to.throw("a username for SOCKS5");
    }));
});

describe("SOCKS5ClientEndpoint through microsocks", function () {
  this.timeout(20_000);
  let microsocks = "";

  before(function () {
    microsocks = needsProgram(this, "microsocks");
  });

  it("connects, with and without a password, and says what it replies", () =>
    onLibuv(async (reactor) => {
      const echo = await reactor.listenTCP(0, Factory.forProtocol(Echo), {
        interface: "127.0.0.1",
      });
      const login = { username: "ann", password: "secret" };
      for (const credentials of [undefined, login]) {
        const port = await freePort();
        const args = ["-i", "127.0.0.1", "-p", String(port)];
        const server = await startServer({
          folder: serverFolder("microsocks"),
          port,
          command: microsocks,
          args: credentials === undefined ? args : [...args, "-u", "ann", "-P", "secret"],
          options: { stdio: "ignore" },
        });
        try {
          const proxy = new HostnameEndpoint(reactor, "127.0.0.1", port);
          const options = credentials === undefined ? {} : { credentials };
          const to = (host: string, where: number): SOCKS5ClientEndpoint =>
            new SOCKS5ClientEndpoint(reactor, proxy, host, where, options);
          const heard = new Promise<string>((resolve) => {
            class Client extends Protocol {
              override connectionMade(): void {
                this.transport.write("hello");
              }
              override dataReceived(data: Uint8Array): void {
                resolve(Buffer.from(data).toString());
                this.transport.loseConnection();
              }
            }
            void to("localhost", echo.getHost().port).connect(Factory.forProtocol(Client));
          });
          expect(await heard).to.equal("hello");
          const refused = await failureOf(to("127.0.0.1", 1).connect(new Counted()));
          expect(refused).to.include({ code: "ERR_SOCKS", reply: 5 });
        } finally {
          await server.stop();
        }
      }
    }));
});
