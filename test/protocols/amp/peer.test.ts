/** Our AMP talks to Twisted's, both ways, over sockets. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import {
  ampList,
  bigInteger,
  boolean,
  bytes,
  command,
  dateTime,
  decimal,
  float,
  integer,
  listOf,
  optional,
  switchCommand,
  unicode,
  UnhandledCommandError,
  UnknownRemoteError,
} from "skein/amp";
import { Deferred } from "skein/defer";
import { ClientFactory, Factory, LineReceiver } from "skein/protocols";
import { ConnectionDoneError, ConnectionLostError } from "skein/reactor";
import { certificates } from "../../support/certificates.ts";
import { collectUnhandled } from "../../support/outcomes.ts";
import { type Libuv, onLibuv } from "../../support/streams.ts";
import { needsTwisted, PYTHON } from "../../support/twisted.ts";
import { End, failureOf, Note, Sum, Unknown } from "./pairs.ts";

const SCRIPT = fileURLToPath(new URL("./peer.py", import.meta.url));

class CustomError extends Error {}
class GrossError extends Error {}

const types = {
  whole: integer,
  big: bigInteger,
  raw: bytes,
  text: unicode,
  yes: boolean,
  real: float,
  money: decimal,
  when: dateTime,
  numbers: listOf(integer),
  people: ampList({ name: unicode, age: optional(integer) }),
  missing: optional(integer),
};
const All = command("All", { arguments: types, response: types });
const Fail = command("Fail", {
  arguments: { how: unicode },
  errors: { CUSTOM: CustomError },
  fatalErrors: { GROSS: GrossError },
});
const Lines = switchCommand("Lines");
const Hang = command("Hang");

class Talk extends LineReceiver {
  readonly heard: Deferred<string> = new Deferred();
  override lineReceived(line: string): void {
    this.heard.callback(line);
  }
}
class Shout extends LineReceiver {
  override lineReceived(line: string): void {
    this.sendLine(line.toUpperCase());
  }
}

describe("AMP of Twisted's", function () {
  this.timeout(60_000);
  const unhandled = collectUnhandled();
  let child: ChildProcess | undefined;

  before(function () {
    needsTwisted(this);
  });
  afterEach(() => child?.kill());

  async function firstLine(...args: string[]): Promise<string> {
    const peer = spawn(PYTHON, [SCRIPT, ...args], { stdio: ["ignore", "pipe", "ignore"] });
    child = peer;
    const [line] = (await once(createInterface({ input: peer.stdout }), "line")) as [string];
    return line;
  }

  /** Our end of a connection to their server. */
  async function connect(reactor: Libuv): Promise<End> {
    const { directory, server } = certificates();
    const both = join(directory, "both.pem");
    writeFileSync(both, readFileSync(server.certificate) + readFileSync(server.privateKey, "utf8"));
    const end = new End();
    const port = Number(await firstLine("serve", both));
    reactor.connectTCP(
      "127.0.0.1",
      port,
      ClientFactory.from(() => end),
    );
    await end.made;
    return end;
  }

  it("their server takes and gives all types of arguments", () =>
    onLibuv(async (reactor) => {
      const amp = await connect(reactor);
      const values = {
        whole: -7,
        big: 2n ** 200n,
        raw: Uint8Array.from({ length: 256 }, (_, i) => i),
        text: "té 🧶",
        yes: true,
        real: 1e-5,
        money: "1.50",
        when: 1_582_979_696.123456,
        numbers: Array.from({ length: 1000 }, (_, i) => i),
        people: [{ name: "Ada", age: 36 }, { name: "Bo" }],
      };
      const back = await amp.callRemote(All, values);
      expect({ ...back, raw: Uint8Array.from(back.raw) }).to.deep.equal(values);
      for (const real of [Infinity, -0, 5e-324, 1e16, 123456.789]) {
        expect((await amp.callRemote(All, { ...values, real })).real).to.equal(real);
      }
    }));

  it("their server's errors are ours", () =>
    onLibuv(async (reactor) => {
      const amp = await connect(reactor);
      const custom = await failureOf(amp.callRemote(Fail, { how: "custom" }));
      expect(custom).to.be.instanceOf(CustomError);
      expect(custom.message).to.equal("as you wish");
      expect(await failureOf(amp.callRemote(Unknown))).to.be.instanceOf(UnhandledCommandError);
      await amp.callRemote(Note, { text: "no answer" });
      const gross = await failureOf(amp.callRemote(Fail, { how: "gross" }));
      expect(gross).to.be.instanceOf(GrossError);
      expect(await amp.lost).to.be.instanceOf(ConnectionDoneError);
    }));

  it("their server ends the connection behind an error that nobody declares", () =>
    onLibuv(async (reactor) => {
      const amp = await connect(reactor);
      const unknown = await failureOf(amp.callRemote(Fail, { how: "otherwise" }));
      expect(unknown).to.be.instanceOf(UnknownRemoteError);
      expect(unknown).to.include({ remoteCode: "UNKNOWN", description: "Unknown Error" });
      expect(await amp.lost).to.be.instanceOf(ConnectionDoneError);
    }));

  it("their server answers 10,000 calls that are under way", () =>
    onLibuv(async (reactor) => {
      const amp = await connect(reactor);
      const calls = Array.from({ length: 10_000 }, (_, a) => amp.callRemote(Sum, { a, b: 1 }));
      const totals = await Promise.all(calls);
      expect(totals.map(({ total }) => total)).to.deep.equal(calls.map((_, a) => a + 1));
    }));

  it("their server hangs up in the middle of calls", () =>
    onLibuv(async (reactor) => {
      const amp = await connect(reactor);
      const calls = Array.from({ length: 200 }, () => amp.callRemote(Hang));
      for (const reason of await Promise.all(calls.map(failureOf))) {
        expect(reason).to.be.instanceOf(ConnectionLostError);
      }
      expect(unhandled).to.deep.equal([]);
    }));

  it("their server goes over to TLS, and to lines", () =>
    onLibuv(async (reactor) => {
      const amp = await connect(reactor);
      const { trustRoot } = certificates();
      const secured = amp.startTLS({ trustRoot, serverName: "tea.example" });
      const meanwhile = amp.callRemote(Sum, { a: 3, b: 1 });
      await secured;
      expect(amp.transport.getPeerCertificate()?.subject).to.equal("tea.example");
      expect(await meanwhile).to.deep.equal({ total: 4 });
      const talk = await amp.switchProtocol(Lines, {}, () => new Talk());
      talk.sendLine("hello");
      expect(await talk.heard).to.equal("HELLO");
    }));

  it("their client is content with our server: types, errors, 10,000 calls, TLS, lines", () =>
    onLibuv(async (reactor) => {
      let notes = 0;
      const factory = Factory.from(() => {
        const end = new End();
        end.acceptTLS(certificates().server);
        return end
          .respond(All, (values) => values)
          .respond(Fail, () => {
            throw new CustomError("as you wish");
          })
          .respond(Note, () => void notes++)
          .respond(Sum, ({ a, b }) => {
            const later = new Deferred<{ total: number }>();
            if (a % 3 > 0) return { total: a + b };
            reactor.callLater(0.001, () => later.callback({ total: a + b }));
            return later;
          })
          .respond(Lines, () => new Shout());
      });
      const port = await reactor.listenTCP(0, factory, { interface: "127.0.0.1" });
      const { trustRoot } = certificates();
      const said = await firstLine("connect", String(port.getHost().port), trustRoot);
      expect(said).to.equal("all is well");
      expect(notes).to.equal(10);
      expect(unhandled).to.deep.equal([]);
    }));
});
