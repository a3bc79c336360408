import { expect } from "chai";
import {
  AMP,
  BadArgumentError,
  command,
  CommandLocator,
  encodeBox,
  float,
  integer,
  optional,
  unicode,
  UnhandledCommandError,
  UnknownRemoteError,
  ValueTooLongError,
} from "skein/amp";
import { CancelledError, Deferred, inlineCallbacks, succeed } from "skein/defer";
import { BadFrameError, NotConnectedError } from "skein/protocols";
import { ConnectionDoneError, ConnectionLostError } from "skein/reactor";
import { deferLater } from "skein/task";
import { StringTransport } from "skein/testing";
import { afterMicrotasks, collectUnhandled, errorOf, watch } from "../../support/outcomes.ts";
import {
  backends,
  Divide,
  DivisionByZeroError,
  Echo,
  failureOf,
  GrossError,
  Note,
  Sum,
  Unknown,
  withPair,
} from "./pairs.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

function connected(amp: AMP = new AMP()): { amp: AMP; transport: StringTransport } {
  const transport = new StringTransport();
  amp.makeConnection(transport);
  return { amp, transport };
}

for (const backend of backends) {
  describe(`AMP's calls on ${backend}`, () => {
    const unhandled = collectUnhandled();

    it("are answered, both ways, at once and later", () =>
      withPair(backend, async ({ reactor, server, client }) => {
        server.respond(Sum, ({ a, b }) => ({ total: a + b }));
        client.respond(Sum, async ({ a, b }) => {
          await deferLater(reactor, 0.001, () => {});
          return { total: a - b };
        });
        const [there, back] = [
          client.callRemote(Sum, { a: 1, b: 2 }),
          server.callRemote(Sum, { a: 1, b: 2 }),
        ];
        expect(await there).to.deep.equal({ total: 3 });
        expect(await back).to.deep.equal({ total: -1 });
      }));

    it("are answered in any order", () =>
      withPair(backend, async ({ server, client }) => {
        const asked: Deferred<{ text: string }>[] = [];
        server.respond(Echo, () => {
          const answer = new Deferred<{ text: string }>();
          if (asked.push(answer) === 3) {
            for (const [i, deferred] of [...asked.entries()].reverse()) {
              deferred.callback({ text: String(i) });
            }
          }
          return answer;
        });
        const order: string[] = [];
        const answers = ["a", "b", "c"].map((text) =>
          client.callRemote(Echo, { text }).addCallback((answer) => order.push(answer.text)),
        );
        await Promise.all(answers);
        // The last one's answer is there when its responder returns.
        expect(order).to.deep.equal(["1", "0", "2"]);
      }));

    it("fail with the errors that they declare", () =>
      withPair(backend, async ({ server, client }) => {
        server.respond(Divide, ({ a, b }) => {
          if (b === 0) throw new DivisionByZeroError(`${a} by nothing`);
          return { result: a / b };
        });
        const error = await failureOf(client.callRemote(Divide, { a: 6, b: 0 }));
        expect(error).to.be.instanceOf(DivisionByZeroError);
        expect(error.message).to.equal("6 by nothing");
        expect(await client.callRemote(Divide, { a: 6, b: 3 })).to.deep.equal({ result: 2 });
        expect(unhandled).to.deep.equal([]);
      }));

    it("fail with fatal errors, which end the connection behind them", () =>
      withPair(backend, async ({ server, client }) => {
        server.respond(Divide, () => Promise.reject(new GrossError("no")));
        const error = await failureOf(client.callRemote(Divide, { a: 6, b: 0 }));
        expect(error).to.be.instanceOf(GrossError);
        expect(await client.lost).to.be.instanceOf(ConnectionDoneError);
        expect(await server.lost).to.be.instanceOf(GrossError);
        expect(unhandled).to.deep.equal([]);
      }));

    it("tell of no other error, report it, and end the connection", () =>
      withPair(backend, async ({ server, client }) => {
        const secret = new TypeError("secret");
        server.respond(Sum, () => {
          throw secret;
        });
        server.respond(Echo, () => new Deferred());
        const waiting = client.callRemote(Echo, { text: "" });
        const error = await failureOf(client.callRemote(Sum, { a: 1, b: 1 }));
        expect(error).to.be.instanceOf(UnknownRemoteError);
        expect(error).to.include({ remoteCode: "UNKNOWN", description: "Unknown Error" });
        expect(await failureOf(waiting)).to.be.instanceOf(ConnectionDoneError);
        expect(await server.lost).to.equal(secret);
        expect(unhandled).to.deep.equal([secret]);
      }));

    it("fail when nobody answers the command, and the connection stays", () =>
      withPair(backend, async ({ server, client }) => {
        server.respond(Sum, ({ a, b }) => ({ total: a + b }));
        const error = await failureOf(client.callRemote(Unknown));
        expect(error).to.be.instanceOf(UnhandledCommandError);
        expect(error.message).to.include("Unknown");
        expect(await client.callRemote(Sum, { a: 1, b: 2 })).to.deep.equal({ total: 3 });
      }));

    it("need no answer", () =>
      withPair(backend, async ({ server, client }) => {
        const noted = new Deferred<string>();
        server.respond(Note, ({ text }) => noted.callback(text));
        expect(await client.callRemote(Note, { text: "milk" })).to.equal(undefined);
        expect(await noted).to.equal("milk");
      }));

    it("end the connection when there is no answer to tell of an error by", () =>
      withPair(backend, async ({ server, client }) => {
        const error = new Error("no paper");
        server.respond(Note, () => {
          throw error;
        });
        await client.callRemote(Note, { text: "milk" });
        expect(await server.lost).to.equal(error);
        expect(unhandled).to.deep.equal([error]);
        await client.lost;
      }));

    it("fail with the reason when the connection ends, and at once when it has", () =>
      withPair(backend, async ({ server, client }) => {
        server.respond(Echo, ({ text }) => {
          if (text === "c") server.transport.loseConnection();
          return new Deferred();
        });
        const calls = ["a", "b", "c"].map((text) => client.callRemote(Echo, { text }));
        const reasons = await Promise.all(calls.map(failureOf));
        for (const reason of reasons) expect(reason).to.be.instanceOf(ConnectionDoneError);
        expect(errorOf(client.callRemote(Sum, { a: 1, b: 2 }))).to.equal(reasons[0]);
        expect(errorOf(client.callRemote(Note, { text: "" }))).to.equal(reasons[0]);
      }));

    it("fail with the reason when the peer hangs up", () =>
      withPair(backend, async ({ server, client }) => {
        server.respond(Echo, () => server.transport.abortConnection() as never);
        const error = await failureOf(client.callRemote(Echo, { text: "" }));
        expect(error).to.be.instanceOf(ConnectionLostError);
      }));

    it("are answered too late for a connection that has ended, and nobody minds", () =>
      withPair(backend, async ({ server, client }) => {
        const late = new Deferred<{ text: string }>();
        const asked = new Deferred<void>();
        server.respond(Echo, () => {
          asked.callback();
          return late;
        });
        const call = failureOf(client.callRemote(Echo, { text: "" }));
        await asked;
        client.transport.loseConnection();
        await server.lost;
        late.callback({ text: "" });
        expect(await call).to.be.instanceOf(ConnectionDoneError);
        expect(unhandled).to.deep.equal([]);
      }));

    it("can be cancelled: the answer is forgotten", () =>
      withPair(backend, async ({ server, client }) => {
        const late = new Deferred<{ text: string }>();
        server.respond(Echo, ({ text }) => (text === "late" ? late : { text }));
        const call = client.callRemote(Echo, { text: "late" });
        await client.callRemote(Echo, { text: "" });
        call.cancel();
        expect(errorOf(call)).to.be.instanceOf(CancelledError);
        late.callback({ text: "late" });
        expect(await client.callRemote(Echo, { text: "still" })).to.deep.equal({ text: "still" });
        expect(unhandled).to.deep.equal([]);
      }));

    it("are read in a chunk of many, to the last before the connection is closed", () =>
      withPair(backend, async ({ server, client }) => {
        let asked = 0;
        server.respond(Echo, ({ text }) => {
          if (++asked === 50) server.transport.loseConnection();
          return { text };
        });
        const calls = Array.from({ length: 100 }, (_, i) =>
          client.callRemote(Echo, { text: String(i) }).addBoth((answer) => "text" in answer),
        );
        const answered = (await Promise.all(calls)).filter((was) => was);
        // The answer to the one that has closed it comes too late.
        expect(answered).to.have.length(49);
      }));
  });
}

describe("AMP", () => {
  const unhandled = collectUnhandled();

  it("writes questions and answers as Twisted does, byte for byte", () => {
    const { amp, transport } = connected();
    amp.respond(Sum, ({ a, b }) => ({ total: a + b }));
    void watch(amp.callRemote(Sum, { a: 13, b: 81 }));
    const question = encodeBox({ _ask: "1", _command: "Sum", a: "13", b: "81" });
    expect(hex(transport.bytes())).to.equal(hex(question));
    transport.clear();
    amp.dataReceived(encodeBox({ _ask: "ef", _command: "Sum", a: "1", b: "2", c: "?" }));
    expect(hex(transport.bytes())).to.equal(hex(encodeBox({ _answer: "ef", total: "3" })));
    transport.clear();
    void amp.callRemote(Note, { text: "x" });
    expect(hex(transport.bytes())).to.equal(hex(encodeBox({ _command: "Note", text: "x" })));
  });

  it("takes a locator, behind its own responders, which knows who asks", () => {
    const seen: AMP[] = [];
    const locator = new CommandLocator()
      .respond(Sum, ({ a, b }, who) => {
        seen.push(who);
        return { total: a * b };
      })
      .respond(Echo, () => ({ text: "theirs" }));
    const { amp, transport } = connected(new AMP({ locator }));
    amp.respond(Echo, () => ({ text: "own" }));
    amp.dataReceived(encodeBox({ _ask: "1", _command: "Sum", a: "3", b: "4" }));
    amp.dataReceived(encodeBox({ _ask: "2", _command: "Echo", text: "" }));
    expect(transport.text()).to.include("12").and.to.include("own");
    expect(seen).to.deep.equal([amp]);
  });

  it("asks and answers with what may be missing", () => {
    const Maybe = command("Maybe", {
      arguments: { "with-dash": optional(unicode) },
      response: { size: optional(float) },
    });
    const [one, other] = [connected(), connected()];
    other.amp.respond(Maybe, (given) => (given["with-dash"] === undefined ? {} : { size: 1.5 }));
    const answers = [
      watch(one.amp.callRemote(Maybe)),
      watch(one.amp.callRemote(Maybe, { "with-dash": "x" })),
    ];
    other.amp.dataReceived(one.transport.bytes());
    one.amp.dataReceived(other.transport.bytes());
    expect(answers).to.deep.equal([[{}], [{ size: 1.5 }]]);
  });

  it("has commands and arguments of any name", () => {
    const Größe = command("Größe", { arguments: { höhe: integer }, response: { höhe: integer } });
    const [one, other] = [connected(), connected()];
    other.amp.respond(Größe, ({ höhe }) => ({ höhe: höhe * 2 }));
    const answer = watch(one.amp.callRemote(Größe, { höhe: 2 }));
    other.amp.dataReceived(one.transport.bytes());
    one.amp.dataReceived(other.transport.bytes());
    expect(answer).to.deep.equal([{ höhe: 4 }]);
  });

  it("answers generators that were made functions", async () => {
    const { amp, transport } = connected();
    amp.respond(
      Sum,
      inlineCallbacks(function* ({ a, b }: { a: number; b: number }) {
        return { total: (yield* succeed(a)) + b };
      }),
    );
    amp.dataReceived(encodeBox({ _ask: "1", _command: "Sum", a: "3", b: "4" }));
    expect(hex(transport.bytes())).to.equal(hex(encodeBox({ _answer: "1", total: "7" })));
  });

  it("sends nothing of a question that cannot be sent", () => {
    const { amp, transport } = connected();
    const wrong: [unknown, new (...args: never[]) => Error, string][] = [
      [{ a: 1.5, b: 1 }, BadArgumentError, "a of Sum: 1.5 is no integer"],
      [{ a: 1 }, BadArgumentError, "Sum has no b"],
      [{ a: 1, b: null }, BadArgumentError, "b of Sum"],
      [{ a: 1, b: 1, c: 1 }, BadArgumentError, "Sum takes no c"],
    ];
    for (const [values, Class, message] of wrong) {
      const error = errorOf(amp.callRemote(Sum, values as { a: number; b: number }));
      expect(error).to.be.instanceOf(Class);
      expect(error.message).to.include(message);
    }
    const long = errorOf(amp.callRemote(Echo, { text: "é".repeat(32_768) }));
    expect(long).to.be.instanceOf(ValueTooLongError);
    expect(long.message).to.include("text of Echo has 65536 bytes");
    expect(transport.bytes()).to.have.length(0);
  });

  it("answers with an error when its own answer cannot be sent", async () => {
    for (const answer of [{ total: 0.5 }, {}, undefined, "total"]) {
      const { amp, transport } = connected();
      amp.respond(Sum, () => answer as { total: number });
      amp.dataReceived(encodeBox({ _ask: "1", _command: "Sum", a: "3", b: "4" }));
      expect(transport.text()).to.include("UNKNOWN");
      expect(transport.reason).to.be.instanceOf(BadArgumentError);
      expect(transport.reason?.message).to.include("the answer to Sum");
    }
    await afterMicrotasks();
    expect(unhandled).to.have.length(4);
  });

  it("refuses a question whose arguments are none", async () => {
    const { amp, transport } = connected();
    amp.respond(Sum, ({ a, b }) => ({ total: a + b }));
    amp.dataReceived(encodeBox({ _ask: "1", _command: "Sum", a: "3", b: "four" }));
    expect(transport.text()).to.include("UNKNOWN").and.to.include("Unknown Error");
    await afterMicrotasks();
    expect(unhandled.map(String)).to.deep.equal([
      'BadArgumentError: b of Sum, as it came: "four" is no integer of up to 53 bits: ' +
        "use bigInteger",
    ]);
  });

  it("fails a call whose answer is none, and goes on", () => {
    const { amp, transport } = connected();
    const answers = [
      watch(amp.callRemote(Sum, { a: 1, b: 1 })),
      watch(amp.callRemote(Sum, { a: 1, b: 1 })),
    ];
    amp.dataReceived(encodeBox({ _answer: "1", sum: "2" }));
    amp.dataReceived(encodeBox({ _answer: "2", total: "2" }));
    const [failed] = answers[0] as [{ failed: Error }];
    expect(String(failed.failed)).to.equal(
      "BadArgumentError: the answer to Sum came without total",
    );
    expect(answers[1]).to.deep.equal([{ total: 2 }]);
    expect(transport.connected).to.equal(true);
  });

  it("cuts the message of an error that is too long to be sent", () => {
    const { amp, transport } = connected();
    amp.respond(Divide, () => {
      throw new DivisionByZeroError("€".repeat(70_000));
    });
    amp.dataReceived(encodeBox({ _ask: "1", _command: "Divide", a: "3", b: "4" }));
    expect(transport.text()).to.include("€".repeat(20_000)).and.to.include("ZERO");
    expect(transport.connected).to.equal(true);
  });

  const nonsense: [what: string, ...boxes: Uint8Array[]][] = [
    ["an empty box", encodeBox({})],
    ["a box that is neither question nor answer", encodeBox({ _ask: "1", a: "1" })],
    ["an answer to what was never asked", encodeBox({ _answer: "2", total: "1" })],
    ["an answer to what has no number", encodeBox({ _answer: "x", total: "1" })],
    ["an answer to nothing", encodeBox({ _answer: "", total: "1" })],
    ["an error without a code", encodeBox({ _error: "1", _error_description: "?" })],
    ["a key of 256 bytes", Uint8Array.of(1, 0)],
  ];
  for (const [what, ...boxes] of nonsense) {
    it(`loses a peer that sends ${what}`, () => {
      const { amp, transport } = connected();
      const call = watch(amp.callRemote(Sum, { a: 1, b: 1 }));
      for (const box of boxes) amp.dataReceived(box);
      expect(transport.reason).to.be.instanceOf(BadFrameError);
      amp.connectionLost(transport.lose());
      expect(call).to.deep.equal([{ failed: transport.reason }]);
    });
  }

  it("ignores a second answer", () => {
    const { amp, transport } = connected();
    const call = watch(amp.callRemote(Sum, { a: 1, b: 1 }));
    amp.dataReceived(encodeBox({ _answer: "1", total: "2" }));
    amp.dataReceived(encodeBox({ _answer: "1", total: "3" }));
    expect(call).to.deep.equal([{ total: 2 }]);
    expect(transport.connected).to.equal(true);
  });

  it("fails calls before there is a connection", () => {
    expect(errorOf(new AMP().callRemote(Unknown))).to.be.instanceOf(NotConnectedError);
  });

  it("refuses names that cannot be sent, and limits that are none", () => {
    expect(() => command("")).to.throw("a command's name has from 1 to 65535 bytes");
    expect(() => command("x", { arguments: { _ask: integer } })).to.throw("_ask");
    expect(() => command("x", { response: { ["x".repeat(256)]: integer } })).to.throw("xxx");
    expect(() => new AMP({ maxQuestions: 0 })).to.throw("maxQuestions must be 1 or more, not 0");
  });

  it("keeps codes that it does not know", () => {
    const { amp } = connected();
    const call = amp.callRemote(Sum, { a: 1, b: 1 });
    amp.dataReceived(encodeBox({ _error: "1", _error_code: "TEAPOT", _error_description: "tea" }));
    const error = errorOf(call) as UnknownRemoteError;
    expect(error.remoteCode).to.equal("TEAPOT");
    expect(error.message).to.equal("the peer failed at Sum with TEAPOT: tea");
  });
});
