import { expect } from "chai";
import { AMP, encodeBox } from "skein/amp";
import { Deferred } from "skein/defer";
import { FrameTooLongError } from "skein/protocols";
import { QueueFullError, WriteOverflowError } from "skein/reactor";
import { StringTransport } from "skein/testing";
import {
  afterMicrotasks,
  collectUnhandled,
  errorOf,
  failedWith,
  watch,
} from "../../support/outcomes.ts";
import { backends, Echo, Note, Sum, withPair } from "./pairs.ts";

const ask = (tag: string): Uint8Array => encodeBox({ _ask: tag, _command: "Echo", text: tag });

/** What much work may take: on some runtimes, with other work beside it. */
const WHILE_MS = 60_000;

describe("AMP's limits", () => {
  const unhandled = collectUnhandled();

  it("refuse a question over those that may wait, until one is answered", () => {
    const amp = new AMP({ maxQuestions: 2 });
    amp.makeConnection(new StringTransport());
    const [first, second] = ["1", "2"].map((text) => amp.callRemote(Echo, { text }));
    expect(errorOf(amp.callRemote(Echo, { text: "3" }))).to.be.instanceOf(QueueFullError);
    void amp.callRemote(Note, { text: "waits for no answer" });
    amp.dataReceived(encodeBox({ _answer: "1", text: "" }));
    const third = watch(amp.callRemote(Echo, { text: "3" }));
    expect(errorOf(amp.callRemote(Echo, { text: "4" }))).to.be.instanceOf(QueueFullError);
    watch(second as Deferred<unknown>);
    second?.cancel();
    expect(watch(amp.callRemote(Echo, { text: "4" }))).to.deep.equal([]);
    expect([watch(first as Deferred<unknown>), third]).to.deep.equal([[{ text: "" }], []]);
  });

  it("refuse a question when much waits to be sent", () => {
    const amp = new AMP();
    const transport = new StringTransport();
    amp.makeConnection(transport);
    transport.bufferedBytes = transport.maxBufferedBytes / 2 + 1;
    expect(errorOf(amp.callRemote(Echo, { text: "" }))).to.be.instanceOf(QueueFullError);
    expect(errorOf(amp.callRemote(Note, { text: "" }))).to.be.instanceOf(QueueFullError);
    transport.drain();
    expect(watch(amp.callRemote(Note, { text: "" }))).to.deep.equal([undefined]);
  });

  it("stop reading while many questions wait for this side, and go on at half of them", () => {
    const amp = new AMP({ maxUnanswered: 4 });
    const transport = new StringTransport();
    amp.makeConnection(transport);
    const waiting: Deferred<{ text: string }>[] = [];
    amp.respond(Echo, () => {
      const answer = new Deferred<{ text: string }>();
      waiting.push(answer);
      return answer;
    });
    const answerOne = (): void => waiting.shift()?.callback({ text: "" });
    amp.dataReceived(Buffer.concat(["1", "2", "3", "4", "5", "6"].map(ask)));
    expect([waiting.length, transport.paused]).to.deep.equal([4, true]);
    answerOne();
    expect([waiting.length, transport.paused]).to.deep.equal([3, true]);
    answerOne();
    expect([waiting.length, transport.paused]).to.deep.equal([4, true]);
    answerOne();
    answerOne();
    expect([waiting.length, transport.paused]).to.deep.equal([2, false]);
  });

  it("leave the pause of the protocol's user alone", () => {
    const amp = new AMP({ maxUnanswered: 1 });
    const transport = new StringTransport();
    amp.makeConnection(transport);
    const answer = new Deferred<{ text: string }>();
    amp.respond(Echo, () => answer);
    amp.dataReceived(ask("1"));
    amp.pauseProducing();
    answer.callback({ text: "" });
    expect(transport.paused).to.equal(true);
    amp.resumeProducing();
    expect(transport.paused).to.equal(false);
  });

  it("stop reading while the peer takes no answers", () => {
    const amp = new AMP();
    const transport = new StringTransport();
    amp.makeConnection(transport);
    let asked = 0;
    amp.respond(Echo, ({ text }) => {
      asked++;
      return { text };
    });
    transport.bufferedBytes = transport.maxBufferedBytes / 2 + 1;
    amp.dataReceived(Buffer.concat(["1", "2", "3"].map(ask)));
    expect([asked, transport.paused]).to.deep.equal([1, true]);
    transport.drain();
    expect([asked, transport.paused]).to.deep.equal([3, false]);
  });

  it("lose a peer whose box is too large, before it has come", () => {
    const amp = new AMP({ maxBoxBytes: 100 });
    const transport = new StringTransport();
    amp.makeConnection(transport);
    amp.dataReceived(Uint8Array.of(0, 1, 97, 0, 200));
    expect(transport.reason).to.be.instanceOf(FrameTooLongError);
    expect(amp.takeUnread()).to.have.length(0);
  });

  it("end a connection on which too much waits for the answer to startTLS()", () => {
    const amp = new AMP();
    const transport = new StringTransport();
    amp.makeConnection(transport);
    watch(amp.startTLS({}));
    transport.maxBufferedBytes = 1000;
    const notes = Array.from({ length: 20 }, () =>
      watch(amp.callRemote(Note, { text: "x".repeat(50) })),
    );
    expect(transport.reason).to.be.instanceOf(WriteOverflowError);
    amp.connectionLost(transport.lose());
    const reasons = notes.map((outcomes) => failedWith(outcomes));
    expect(reasons[0]).to.equal(transport.reason);
    // Those that were too many are told at once.
    for (const reason of reasons) expect(reason).to.be.instanceOf(WriteOverflowError);
  });

  for (const backend of backends) {
    it(`let 10,000 calls be under way both ways on ${backend}`, function () {
      this.timeout(WHILE_MS);
      return withPair(backend, async ({ reactor, server, client }) => {
        server.respond(Sum, ({ a, b }) => ({ total: a + b }));
        client.respond(Sum, ({ a, b }) => {
          const answer = new Deferred<{ total: number }>();
          reactor.callLater((a % 10) / 1000, () => answer.callback({ total: a + b }));
          return answer;
        });
        const calls = Array.from({ length: 10_000 }, (_, a) =>
          [client, server].map((end) => end.callRemote(Sum, { a, b: 1 })),
        );
        const totals = (await Promise.all(calls.flat())).map(({ total }) => total);
        expect(totals).to.deep.equal(calls.flatMap((_, a) => [a + 1, a + 1]));
        await afterMicrotasks();
        expect(unhandled).to.deep.equal([]);
      });
    });

    it(`pass 40 MB of answers through to a slow reader on ${backend}`, function () {
      this.timeout(WHILE_MS);
      return withPair(backend, async ({ server, client }) => {
        const text = "x".repeat(40_000);
        let [most, answered] = [0, 0];
        server.respond(Echo, () => {
          most = Math.max(most, server.transport.bufferedBytes);
          return { text };
        });
        const calls = Array.from({ length: 1000 }, () => client.callRemote(Echo, { text: "" }));
        for (const call of calls) {
          expect((await call).text).to.have.length(40_000);
          if (++answered % 10 === 0) {
            client.pauseProducing();
            await afterMicrotasks();
            client.resumeProducing();
          }
        }
        expect(most).to.be.below(server.transport.maxBufferedBytes);
      });
    });
  }
});
