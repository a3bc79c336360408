import { expect } from "chai";
import { Deferred } from "skein/defer";
import {
  Echo,
  Factory,
  Protocol,
  SOCKS5Factory,
  type SOCKS5Options,
  type SOCKS5Target,
} from "skein/protocols";
import { LineClient } from "skein/testing";
import { Noted, onClock, type OnClock } from "../support/on-clock.ts";

const hex = (bytes: string): Uint8Array =>
  Uint8Array.from(Buffer.from(bytes.replaceAll(/\s/g, ""), "hex"));
/** CONNECT to 10.0.0.5, port 7. */
const CONNECT = "05 01 00 01 0a000005 0007";
const byName = (name: string): string =>
  `05 01 00 03 ${Buffer.of(name.length, ...Buffer.from(name)).toString("hex")} 0007`;

/** A client that hears bytes. */
async function dial(
  reactor: OnClock,
): Promise<{ say: (bytes: string) => void; heard: () => string; client: LineClient }> {
  const client = await LineClient.dial(reactor, 1080);
  let heard = "";
  client.dataReceived = (data) => {
    heard += Buffer.from(data).toString("hex");
  };
  const said = (): string => {
    const text = heard;
    heard = "";
    return text;
  };
  return { say: (bytes) => client.transport.write(hex(bytes)), heard: said, client };
}

async function serving(reactor: OnClock, options: SOCKS5Options = {}): Promise<void> {
  await reactor.listenTCP(7, Factory.forProtocol(Echo), { interface: "10.0.0.5" });
  await reactor.listenTCP(1080, new SOCKS5Factory(reactor, options));
}

const NAMES = {
  names: { "echo.example": ["10.0.0.9", "10.0.0.5"], "silent.example": { delay: Infinity } },
};

describe("SOCKS5Factory", () => {
  it("connects to an address, tells from which, and joins the two", () =>
    onClock(async ({ reactor, pass }) => {
      await serving(reactor);
      const { say, heard, client } = await dial(reactor);
      say("05 01 00");
      await pass(0.1);
      expect(heard()).to.equal("0500");
      say(CONNECT);
      await pass(0.1);
      expect(heard()).to.match(/^05000001........[0-9a-f]{4}$/);
      say("68656c6c6f");
      await pass(0.1);
      expect(heard()).to.equal("68656c6c6f");
      client.close();
      await client.ended;
    }));

  it("takes it all in one piece, or byte by byte, with what follows the request", () =>
    onClock(async ({ reactor, pass }) => {
      await serving(reactor);
      const all = hex(`05 02 01 00 ${CONNECT} 61 62 63`);
      for (const size of [1, 2, 100]) {
        const { heard, client } = await dial(reactor);
        for (let at = 0; at < all.length; at += size) {
          client.transport.write(all.slice(at, at + size));
          await pass(0.001);
        }
        await pass(0.1);
        expect(heard()).to.match(/^0500 ?05000001.{12}616263$/);
        client.close();
      }
    }));

  it("connects to a name by the reactor's resolver, at the address that answers", () =>
    onClock(async ({ reactor, pass }) => {
      await serving(reactor);
      const { say, heard, client } = await dial(reactor);
      say(`05 01 00 ${byName("echo.example")}`);
      await pass(1);
      expect(heard()).to.match(/^050005000001/);
      client.close();
    }, NAMES));

  it("connects by IPv6", () =>
    onClock(async ({ reactor, pass }) => {
      await serving(reactor);
      await reactor.listenTCP(7, Factory.forProtocol(Echo), { interface: "2001:db8::5" });
      const { say, heard, client } = await dial(reactor);
      say(`05 01 00 05 01 00 04 20010db8${"0".repeat(23)}5 0007`);
      await pass(1);
      expect(heard()).to.match(/^050005000004/);
      client.close();
    }));

  for (const [what, request, reply] of [
    ["BIND is refused", "05 02 00 01 0a000005 0007", "07"],
    ["UDP ASSOCIATE is refused", "05 03 00 01 0a000005 0007", "07"],
    ["a kind of address that is not known", "05 01 00 02 0a000005 0007", "08"],
    ["nobody listens there", "05 01 00 01 0a000005 0009", "05"],
    ["a name that is not known", byName("nobody.example"), "04"],
    ["port 0", "05 01 00 01 0a000005 0000", "01"],
  ] as const) {
    it(`says why it does not connect: ${what}`, () =>
      onClock(async ({ reactor, pass }) => {
        await serving(reactor);
        const { say, heard, client } = await dial(reactor);
        say(`05 01 00 ${request}`);
        await client.ended;
        await pass(0.1);
        expect(heard()).to.equal(`050005${reply}0001000000000000`);
      }, NAMES));
  }

  for (const [what, request, seconds] of [
    ["a host", CONNECT, 5],
    ["the resolver", byName("silent.example"), 30],
  ] as const) {
    it(`says when there was no answer in time, from ${what}`, () =>
      onClock(async ({ reactor }) => {
        await serving(reactor, { connectTimeout: 5 });
        reactor.faultConnects({ host: "10.0.0.5" }, "unanswered");
        const { say, heard, client } = await dial(reactor);
        say(`05 01 00 ${request}`);
        await client.ended;
        expect(heard()).to.match(/^05000506/);
        expect(reactor.seconds()).to.be.closeTo(seconds, 0.1);
      }, NAMES));
  }

  it("asks for a name and a password, and lets nobody else in", () =>
    onClock(async ({ reactor, pass, errors }) => {
      const targets: SOCKS5Target[] = [];
      let later: Deferred<boolean> | undefined;
      await serving(reactor, {
        authenticate: (username, password) => {
          if (username === "later") return (later = new Deferred<boolean>());
          if (username === "broken") throw new Error("no database");
          return username === "ann" && password === "secret";
        },
        allow: (target) => targets.push(target) > 0,
      });
      const login = (name: string, password: string): string =>
        [name, password]
          .map(
            (text) => text.length.toString(16).padStart(2, "0") + Buffer.from(text).toString("hex"),
          )
          .join("");
      const attempt = async (name: string, password: string): Promise<string> => {
        const { say, heard, client } = await dial(reactor);
        say(`05 02 00 02 01 ${login(name, password)} ${CONNECT}`);
        await pass(0.1);
        if (name === "later") later?.callback(true);
        await pass(0.1);
        client.close();
        return heard().slice(0, 16);
      };
      expect(await attempt("ann", "secret")).to.equal("0502010005000001");
      expect(await attempt("later", "")).to.equal("0502010005000001");
      expect(await attempt("ann", "wrong")).to.equal("05020101");
      expect(await attempt("broken", "x")).to.equal("05020101");
      expect(errors.splice(0).map(String)).to.deep.equal(["Error: no database"]);
      expect(targets.map(({ username }) => username)).to.deep.equal(["ann", "later"]);
      const { say, heard, client } = await dial(reactor);
      say("05 01 00");
      await client.ended;
      expect(heard()).to.equal("05ff");
    }));

  it("asks its rules about each address behind a name, so that a name cannot evade them", () =>
    onClock(async ({ reactor, pass }) => {
      const asked: string[] = [];
      await serving(reactor, {
        allow: ({ host, address, port }) => {
          asked.push(`${host} ${address} ${port}`);
          return address !== "10.0.0.5";
        },
      });
      for (const [request, reply] of [
        [CONNECT, "02"],
        [byName("echo.example"), "05"],
        [byName("10.0.0.5"), "02"],
      ] as const) {
        const { say, heard, client } = await dial(reactor);
        say(`05 01 00 ${request}`);
        await client.ended;
        expect(heard().slice(4, 8)).to.equal(`05${reply}`);
      }
      await pass(0.1);
      expect(asked).to.deep.equal([
        "10.0.0.5 10.0.0.5 7",
        "echo.example 10.0.0.9 7",
        "echo.example 10.0.0.5 7",
        "10.0.0.5 10.0.0.5 7",
      ]);
    }, NAMES));

  it("ends those who speak something else, or say nothing in time", () =>
    onClock(async ({ reactor, pass }) => {
      await serving(reactor, { timeout: 3 });
      for (const bytes of [
        "04",
        "47",
        "05 01 00 04",
        "05 01 00 05 01 00 03 00 0007",
        "05 01 00 05 01 00 03 01 0a 0007",
      ]) {
        const { say, client } = await dial(reactor);
        say(bytes);
        await client.ended;
      }
      expect(reactor.seconds()).to.be.lessThan(1);
      const before = reactor.seconds();
      const { say, client } = await dial(reactor);
      for (let i = 0; !client.ended.called; i++) {
        say(i === 0 ? "05 ff" : "00");
        await pass(0.5);
      }
      expect(reactor.seconds() - before).to.be.within(3, 3.6);
    }));

  it("carries the end of one direction, and a reset, from either side", () =>
    onClock(async ({ reactor, pass }) => {
      const far = new Noted();
      await reactor.listenTCP(1080, new SOCKS5Factory(reactor));
      await reactor.listenTCP(
        7,
        Factory.from(() => far),
        { interface: "10.0.0.5" },
      );
      const { say, client } = await dial(reactor);
      say(`05 01 00 ${CONNECT}`);
      await pass(0.1);
      client.abort();
      await pass(0.1);
      expect(far.life).to.deep.equal(["made", "lost ConnectionLostError"]);
    }));

  it("lets go of what it connects to when the reactor stops, and when the client has gone", () =>
    onClock(async ({ reactor, pass }) => {
      await serving(reactor);
      const { say } = await dial(reactor);
      say(`05 01 00 ${byName("silent.example")}`);
      await pass(0.1);
    }, NAMES));

  it("refuses times that are none", () =>
    onClock(async ({ reactor }) => {
      expect(() => new SOCKS5Factory(reactor, { timeout: 0 })).to.throw("timeout");
      expect(() => new SOCKS5Factory(reactor, { connectTimeout: -1 })).to.throw("timeout");
      expect(new SOCKS5Factory(reactor).buildProtocol()).to.be.instanceOf(Protocol);
    }));
});
