/** Connections that begin with AMP, and go on by TLS or another protocol. */
import { expect } from "chai";
import {
  AMP,
  encodeBox,
  integer,
  ProtocolSwitchedError,
  switchCommand,
  UnhandledCommandError,
  UnknownRemoteError,
} from "skein/amp";
import { Deferred } from "skein/defer";
import { LineReceiver, NotConnectedError, type Protocol } from "skein/protocols";
import { BadOptionError, ConnectionAbortedError, TLSError } from "skein/reactor";
import { StringTransport } from "skein/testing";
import { certificates } from "../../support/certificates.ts";
import { collectUnhandled, errorOf, watch } from "../../support/outcomes.ts";
import { backends, Divide, Echo, failureOf, Note, Sum, withPair } from "./pairs.ts";

class Refused extends Error {}
const Lines = switchCommand("Lines", {
  arguments: { width: integer },
  errors: { REFUSED: Refused },
});

class Talk extends LineReceiver {
  readonly heard: Deferred<string> = new Deferred();
  override lineReceived(line: string): void {
    this.heard.callback(line);
  }
}

for (const backend of backends) {
  describe(`AMP's startTLS on ${backend}`, () => {
    collectUnhandled();
    const { server: source, trustRoot } = certificates();
    const asClient = { trustRoot, serverName: "tea.example" };

    for (const who of ["client", "server"] as const) {
      it(`goes over to TLS when the ${who} asks for it`, () =>
        withPair(backend, async ({ server, client }) => {
          for (const end of [server, client]) {
            end.respond(Echo, ({ text }) => ({
              text: `${text} ${end.transport.encrypted ? "by TLS" : "plain"}`,
            }));
          }
          const [asker, other] = who === "client" ? [client, server] : [server, client];
          const options = { client: asClient, server: source };
          other.acceptTLS(who === "client" ? options.server : options.client);
          const before = asker.callRemote(Echo, { text: "before" });
          const secured = asker.startTLS(options[who]);
          // What is asked meanwhile goes by TLS.
          const meanwhile = asker.callRemote(Echo, { text: "meanwhile" });
          const noted = asker.callRemote(Note, { text: "" });
          let note = "";
          other.respond(Note, () => void (note = String(other.transport.encrypted)));
          expect(await before).to.deep.equal({ text: "before plain" });
          await secured;
          await noted;
          expect(asker.transport.encrypted).to.equal(true);
          expect(await meanwhile).to.deep.equal({ text: "meanwhile by TLS" });
          const back = other.callRemote(Echo, { text: "back" });
          expect(await back).to.deep.equal({ text: "back by TLS" });
          expect(note).to.equal("true");
          expect(errorOf(asker.startTLS(options[who]))).to.be.instanceOf(BadOptionError);
        }));
    }

    it("is refused, and what was asked meanwhile was not sent", () =>
      withPair(backend, async ({ server, client }) => {
        const seen: string[] = [];
        server.respond(Echo, ({ text }) => {
          seen.push(text);
          return { text };
        });
        const secured = failureOf(client.startTLS(asClient));
        const secret = failureOf(client.callRemote(Echo, { text: "secret" }));
        const note = failureOf(client.callRemote(Note, { text: "secret" }));
        expect(await secured).to.be.instanceOf(UnhandledCommandError);
        expect(await secret).to.equal(await secured);
        expect(await note).to.equal(await secured);
        expect(await client.callRemote(Echo, { text: "plain" })).to.deep.equal({ text: "plain" });
        expect(seen).to.deep.equal(["plain"]);
      }));

    it("fails with the reason when the handshake does, as all else that waits", () =>
      withPair(backend, async ({ server, client }) => {
        server.acceptTLS(certificates().stranger);
        const secured = failureOf(client.startTLS(asClient));
        const call = failureOf(client.callRemote(Echo, { text: "secret" }));
        expect(await secured).to.be.instanceOf(TLSError);
        expect(await call).to.equal(await secured);
      }));

    it("fails, with all that waits, when this side cannot begin after all", () =>
      withPair(backend, async ({ server, client }) => {
        server.acceptTLS(source);
        const secured = failureOf(client.startTLS({ trustRoot: "/no/such/file" }));
        const call = failureOf(client.callRemote(Echo, { text: "secret" }));
        const note = failureOf(client.callRemote(Note, { text: "secret" }));
        for (const error of [await secured, await call, await note]) {
          expect(error).to.be.instanceOf(BadOptionError);
        }
      }));

    it("fails on both sides when both ask for it at once, in plain text still", () =>
      withPair(backend, async ({ server, client }) => {
        server.acceptTLS(source);
        client.acceptTLS(asClient);
        server.respond(Echo, ({ text }) => ({ text }));
        const [one, other] = [client.startTLS(asClient), server.startTLS(source)].map(failureOf);
        expect(await one).to.be.instanceOf(UnknownRemoteError);
        expect(await one).to.include({ remoteCode: "TLS_ERROR" });
        expect(await other).to.include({ remoteCode: "TLS_ERROR" });
        expect(await client.callRemote(Echo, { text: "?" })).to.deep.equal({ text: "?" });
      }));

    it("aborts the connection when it is cancelled", () =>
      withPair(backend, async ({ client }) => {
        const securing = client.startTLS(asClient);
        const failed = failureOf(securing);
        securing.cancel();
        expect((await failed).name).to.equal("CancelledError");
        expect(await client.lost).to.be.instanceOf(ConnectionAbortedError);
      }));
  });

  describe(`AMP's switchProtocol on ${backend}`, () => {
    const unhandled = collectUnhandled();

    it("hands the connection over on both sides, with what has come for the next", () =>
      withPair(backend, async ({ server, client }) => {
        const theirs = new Talk();
        server.respond(Lines, ({ width }) => {
          theirs.maxLength = width;
          return theirs;
        });
        server.respond(Echo, () => new Deferred());
        const pending = failureOf(client.callRemote(Echo, { text: "" }));
        const switching = client.switchProtocol(Lines, { width: 80 }, () => new Talk());
        expect(errorOf(client.callRemote(Sum, { a: 1, b: 2 }))).to.be.instanceOf(
          ProtocolSwitchedError,
        );
        const ours = await switching;
        expect(await pending).to.be.instanceOf(ProtocolSwitchedError);
        ours.sendLine("hello");
        expect(await theirs.heard).to.equal("hello");
        theirs.sendLine("good day");
        expect(await ours.heard).to.equal("good day");
        for (const end of [client, server]) {
          expect(errorOf(end.callRemote(Sum, { a: 1, b: 2 }))).to.be.instanceOf(
            ProtocolSwitchedError,
          );
        }
        expect(unhandled).to.deep.equal([]);
      }));

    it("changes nothing when the peer refuses", () =>
      withPair(backend, async ({ server, client }) => {
        server.respond(Lines, () => Promise.reject(new Refused("too wide")));
        client.respond(Echo, ({ text }) => ({ text }));
        const asked = failureOf(client.switchProtocol(Lines, { width: 1 }, () => new Talk()));
        const meanwhile = server.callRemote(Echo, { text: "answered later" });
        expect(await asked).to.be.instanceOf(Refused);
        expect(await meanwhile).to.deep.equal({ text: "answered later" });
        server.respond(Sum, ({ a, b }) => ({ total: a + b }));
        expect(await client.callRemote(Sum, { a: 1, b: 2 })).to.deep.equal({ total: 3 });
      }));

    it("ends the connection when this side cannot make its protocol", () =>
      withPair(backend, async ({ server, client }) => {
        server.respond(Lines, () => new Talk());
        const error = new Error("no lines here");
        const asked = client.switchProtocol(Lines, { width: 1 }, () => {
          throw error;
        });
        expect(await failureOf(asked)).to.equal(error);
        expect(await client.lost).to.equal(error);
      }));
  });
}

describe("AMP that becomes another protocol", () => {
  collectUnhandled();

  it("gives it what came behind the question, and reading", () => {
    const amp = new AMP({ maxUnanswered: 1 });
    const transport = new StringTransport();
    amp.makeConnection(transport);
    const talk = new Talk();
    const answer = new Deferred<Talk>();
    amp.respond(Lines, () => answer);
    const question = encodeBox({ _ask: "1", _command: "Lines", width: "3" });
    amp.dataReceived(Buffer.concat([question, Buffer.from("he")]));
    expect(transport.paused).to.equal(true);
    answer.callback(talk);
    expect(transport.paused).to.equal(false);
    expect(transport.protocol).to.equal(talk);
    expect(Buffer.from(transport.rest).toString()).to.equal("he");
    expect(Buffer.from(transport.bytes())).to.deep.equal(Buffer.from(encodeBox({ _answer: "1" })));
  });

  it("refuses to, while it waits for TLS", () => {
    const amp = new AMP();
    const transport = new StringTransport();
    amp.makeConnection(transport);
    amp.respond(Lines, () => new Talk());
    watch(amp.startTLS({}));
    transport.clear();
    amp.dataReceived(encodeBox({ _ask: "1", _command: "Lines", width: "3" }));
    expect(transport.protocol).to.equal(undefined);
    expect(transport.text()).to.include("SWITCH_ERROR");
    const asked = amp.switchProtocol(Lines, { width: 3 }, () => new Talk());
    expect(errorOf(asked)).to.be.instanceOf(BadOptionError);
  });

  it("tells the peer when the responder has made no protocol", () => {
    const amp = new AMP();
    const transport = new StringTransport();
    amp.makeConnection(transport);
    amp.respond(Lines, () => ({}) as Protocol);
    amp.dataReceived(encodeBox({ _ask: "1", _command: "Lines", width: "3" }));
    expect(transport.text()).to.include("UNKNOWN");
    expect(transport.reason?.message).to.include("has not returned a protocol");
  });

  it("fails before there is a connection", () => {
    expect(errorOf(new AMP().startTLS({}))).to.be.instanceOf(NotConnectedError);
    const asked = new AMP().switchProtocol(Lines, { width: 1 }, () => new Talk());
    expect(errorOf(asked)).to.be.instanceOf(NotConnectedError);
    // @ts-expect-error -- it takes switchProtocol()
    void watch(new AMP().callRemote(Lines, { width: 1 }));
  });

  it("knows the types of values", () => {
    const typed = (amp: AMP): unknown[] => [
      amp.callRemote(Sum, { a: 1, b: 2 }) satisfies Deferred<{ total: number }>,
      // @ts-expect-error -- there is no c
      amp.callRemote(Sum, { a: 1, b: 2, c: 3 }),
      // @ts-expect-error -- b is missing
      amp.callRemote(Sum, { a: 1 }),
      // @ts-expect-error -- so are all
      amp.callRemote(Sum),
      // @ts-expect-error -- a number
      amp.callRemote(Sum, { a: "1", b: 2 }),
      // @ts-expect-error -- a total
      amp.respond(Sum, ({ a, b }) => ({ result: a + b })),
      // @ts-expect-error -- a result
      amp.respond(Divide, () => {}),
      amp.respond(Note, ({ text }) => void (text satisfies string)),
      // @ts-expect-error -- a protocol
      amp.respond(Lines, () => ({})),
    ];
    expect(typed).to.be.a("function");
  });
});
