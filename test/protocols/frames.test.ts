import { expect } from "chai";
import { Failure } from "skein/defer";
import { BadFrameError, IntStringDecoder, Frames, Lines } from "skein/protocols";
import { BadOptionError, ConnectionAbortedError, ConnectionDoneError } from "skein/reactor";
import { StringTransport } from "skein/testing";
import { createReactor } from "skein/reactor";
import { Factory } from "skein/protocols";
import { LineClient } from "skein/testing";

function connected(): { lines: Lines; transport: StringTransport; feed: (text: string) => void } {
  const lines = new Lines({ delimiter: "\n", maxLength: 10 });
  const transport = new StringTransport();
  lines.makeConnection(transport);
  return { lines, transport, feed: (text) => lines.dataReceived(new TextEncoder().encode(text)) };
}

/** What comes of the loop, to its end. */
async function all(lines: AsyncIterable<string>): Promise<string[]> {
  const seen: string[] = [];
  try {
    for await (const line of lines) seen.push(line);
    seen.push("(end)");
  } catch (error) {
    seen.push((error as Error).name);
  }
  return seen;
}

describe("frames in a loop", () => {
  it("come one by one, and the loop ends with the connection", async () => {
    const { lines, feed } = connected();
    const seen = all(lines);
    feed("one\ntwo\nth");
    await Promise.resolve();
    feed("ree\n");
    lines.connectionLost(new Failure(new ConnectionDoneError()));
    expect(await seen).to.deep.equal(["one", "two", "three", "(end)"]);
  });

  it("are given to the last when the connection has ended before they were asked for", async () => {
    const { lines, feed } = connected();
    feed("one\ntwo\n");
    lines.connectionLost(new Failure(new ConnectionDoneError()));
    expect(await all(lines)).to.deep.equal(["one", "two", "(end)"]);
    expect(await all(lines)).to.deep.equal(["(end)"]);
  });

  it("end with the reason, when it was no clean end", async () => {
    const { lines, feed } = connected();
    feed("one\n");
    lines.connectionLost(new Failure(new ConnectionAbortedError()));
    expect(await all(lines)).to.deep.equal(["one", "ConnectionAbortedError"]);
  });

  it("end with an error when the connection ends in the middle of one", async () => {
    const { lines, feed } = connected();
    const waiting = all(lines);
    feed("one\ntw");
    await new Promise((resolve) => setImmediate(resolve));
    lines.connectionLost(new Failure(new ConnectionDoneError()));
    expect(await waiting).to.deep.equal(["one", "BadFrameError"]);
    const late = connected();
    late.feed("one\ntw");
    late.lines.connectionLost(new Failure(new ConnectionDoneError()));
    expect(await all(late.lines)).to.deep.equal(["one", "BadFrameError"]);
    expect(await late.lines.receive().addErrback((f) => f.check(BadFrameError))).to.equal(
      BadFrameError,
    );
  });

  it("end with the decoder's error, which is the connection's reason too", async () => {
    const { lines, transport, feed } = connected();
    feed("one\n0123456789a\ntwo\n");
    expect(await all(lines)).to.deep.equal(["one", "LineTooLongError"]);
    expect(transport.reason?.name).to.equal("LineTooLongError");
  });

  it("end with the decoder's error, also behind a clean end", async () => {
    const { lines, feed } = connected();
    feed(`one\n${"x".repeat(11)}`);
    lines.connectionLost(new Failure(new ConnectionDoneError()));
    expect(await all(lines)).to.deep.equal(["one", "LineTooLongError"]);
    expect(await all(lines)).to.deep.equal(["LineTooLongError"]);
  });

  it("go on in another loop, behind the one that was left", async () => {
    const { lines, feed } = connected();
    feed("one\ntwo\nthree\n");
    for await (const line of lines) if (line === "two") break;
    expect(await lines.receive()).to.equal("three");
  });

  it("are given to those who asked first, first; a cancelled one takes none", async () => {
    const { lines, feed } = connected();
    const [first, second, third] = [lines.receive(), lines.receive(), lines.receive()];
    second.addErrback((failure) => (failure.value as Error).name);
    second.cancel();
    feed("one\ntwo\n");
    expect([await first, await second, await third]).to.deep.equal([
      "one",
      "CancelledError",
      "two",
    ]);
  });

  it("are given to those who asked first, also when one asks again on being given his", () => {
    const { lines, feed } = connected();
    const seen: string[] = [];
    lines.receive().addCallback((line) => {
      seen.push(`a: ${line}`);
      lines.receive().addCallback((another) => seen.push(`a again: ${another}`));
    });
    lines.receive().addCallback((line) => seen.push(`b: ${line}`));
    feed("1\n2\n3\n");
    expect(seen).to.deep.equal(["a: 1", "b: 2", "a again: 3"]);
  });

  it("may be given up from inside of hearing of the end", () => {
    const { lines } = connected();
    const seen: string[] = [];
    lines.receive().addErrback(({ value }) => {
      seen.push((value as Error).name);
      second.cancel();
    });
    const second = lines.receive();
    second.addErrback(({ value }) => void seen.push((value as Error).name));
    lines.connectionLost(new Failure(new ConnectionAbortedError()));
    expect(seen).to.deep.equal(["ConnectionAbortedError", "CancelledError"]);
  });

  it("are refused a delimiter, or a limit, that is none", () => {
    expect(() => new Lines({ delimiter: "" })).to.throw(BadOptionError, "one character at least");
    for (const maxLength of [NaN, -1]) {
      expect(() => new Lines({ maxLength })).to.throw(BadOptionError, `not ${maxLength}`);
    }
  });

  it("may be asked for before there is a connection", async () => {
    const lines = new Lines({ delimiter: "\n" });
    const line = lines.receive();
    lines.makeConnection(new StringTransport());
    lines.dataReceived(new TextEncoder().encode("one\n"));
    expect(await line).to.equal("one");
  });

  it("pause the transport when a chunk has come that nobody waits for", () => {
    const { lines, transport, feed } = connected();
    feed("one\ntwo\nthree");
    expect(transport.paused).to.equal(true);
    for (let i = 0; i < 2; i++) void lines.receive();
    expect(transport.paused).to.equal(true);
    void lines.receive().addErrback(() => {});
    expect(transport.paused).to.equal(false);
  });

  it("slow the peer down on virtual time: what waits stays bounded", async () => {
    const reactor = createReactor("clock", { seed: 1, latency: 0.01 });
    const stopped = reactor.run();
    let lines: Frames<Uint8Array> | undefined;
    await reactor.listenTCP(
      7000,
      Factory.from(() => (lines = new Frames(new IntStringDecoder(1, { maxLength: 255 })))),
    );
    const client = await LineClient.dial(reactor, 7000);
    const frame = new Uint8Array(101).fill(100, 0, 1);
    client.transport.writeSequence(Array.from({ length: 20_000 }, () => frame));
    await new Promise<void>((resolve) => void reactor.callLater(10, resolve));
    // Two megabytes were sent: what the network does not hold is still with the sender.
    expect(client.transport.bufferedBytes).to.be.greaterThan(1_000_000);
    let seen = 0;
    client.transport.loseConnection();
    for await (const string of lines as Frames<Uint8Array>) seen += string.length;
    expect(seen).to.equal(2_000_000);
    await stopped;
  });
});
