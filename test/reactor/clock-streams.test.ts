import { expect } from "chai";
import { Factory, LineReceiver, Protocol } from "skein/protocols";
import { BadOptionError, type ClockOptions, createReactor, type TraceEvent } from "skein/reactor";
import { LineClient } from "skein/testing";
import { SeededRandom } from "../../src/core/random.ts";

const PORT = 7;

class Echo extends Protocol {
  override dataReceived(data: Uint8Array): void {
    this.transport.write(data);
  }
}

/** Remembers the sizes of what it gets, and the lines in it. */
class Lines extends LineReceiver {
  override delimiter = "\n";
  readonly lines: string[] = [];
  readonly sizes: number[] = [];
  override dataReceived(data: Uint8Array): void {
    this.sizes.push(data.length);
    super.dataReceived(data);
  }
  override lineReceived(line: string): void {
    this.lines.push(line);
  }
}

/** What a server of lines gets of these writes, all of one turn. */
async function received(options: ClockOptions, writes: readonly string[]): Promise<Lines> {
  const reactor = createReactor("clock", options);
  const server = new Lines();
  await reactor.advance(0);
  const listening = reactor.listenTCP(
    PORT,
    new (class extends Factory {
      override buildProtocol(): Lines {
        return server;
      }
    })(),
  );
  const dialled = LineClient.dial(reactor, PORT);
  await reactor.advance(1);
  await listening;
  const client = await dialled;
  for (const text of writes) client.transport.write(text);
  client.close();
  await reactor.advance(100);
  return server;
}

/** A conversation of several at once; gives all that happened. */
async function traceOf(options: ClockOptions): Promise<TraceEvent[]> {
  const trace: TraceEvent[] = [];
  const reactor = createReactor("clock", { ...options, trace: (event) => trace.push(event) });
  const stopped = reactor.run();
  await reactor.listenTCP(PORT, Factory.forProtocol(Echo));
  const clients = [await LineClient.dial(reactor, PORT), await LineClient.dial(reactor, PORT)];
  for (const [i, client] of clients.entries()) {
    for (let line = 0; line < 5; line++)
      client.say(`line ${line} of ${i} ${"x".repeat(line * 20)}`);
  }
  for (const client of clients) await client.heard("line 4");
  for (const client of clients) client.close();
  for (const client of clients) await client.ended;
  reactor.stop();
  await stopped;
  return trace;
}

describe("streams on the clock", () => {
  describe("segments", () => {
    const writes = ["one\ntw", "o\n", "three\n"];

    it("are the writes as they were written, unless something else is asked for", async () => {
      const { sizes, lines } = await received({}, writes);
      expect(sizes).to.deep.equal([6, 2, 6]);
      expect(lines).to.deep.equal(["one", "two", "three"]);
    });

    it("do not crumble where the window is full", async () => {
      const lines = Array.from({ length: 100 }, (_, i) => `${"x".repeat(1290)}${1e9 + i}\n`);
      const got = await received({ receiveBufferBytes: 1000 }, lines);
      expect(got.lines).to.deep.equal(lines.map((line) => line.trimEnd()));
      // Half a window at least, or the rest of a write, which nothing is joined to.
      expect(got.sizes.length).to.be.at.most(3 * lines.length);
    });

    it("of a number of bytes join what was written, and cut it", async () => {
      expect((await received({ segments: 1 }, writes)).sizes).to.deep.equal(Array(14).fill(1));
      expect((await received({ segments: 5 }, writes)).sizes).to.deep.equal([5, 5, 4]);
      expect((await received({ segments: 100 }, writes)).sizes).to.deep.equal([14]);
    });

    it("can be asked of a function, which is told how many bytes wait", async () => {
      const asked: number[] = [];
      const segments = (waiting: number): number => {
        asked.push(waiting);
        return waiting > 10 ? 4 : 1000;
      };
      expect((await received({ segments }, writes)).sizes).to.deep.equal([4, 10]);
      expect(asked).to.deep.equal([14, 10]);
    });

    it("by seed bring the same lines, however they are cut", async () => {
      const cuts = new Set<string>();
      for (let seed = 0; seed < 50; seed++) {
        const random = new SeededRandom(seed);
        const text = Array.from({ length: 20 }, (_, i) => `${i}${"ü".repeat(random.below(40))}`);
        const whole = text.map((line) => `${line}\n`);
        // Writes that are no lines: three of them in one, or halves.
        const pieces = whole.join("").match(/.{1,50}/gsu) ?? [];
        const got = await received({ seed, segments: "seeded", latency: [0, 0.1] }, pieces);
        expect(got.lines).to.deep.equal(text);
        cuts.add(got.sizes.join());
        expect(got.sizes.length).to.be.greaterThan(1);
      }
      expect(cuts.size).to.equal(50);
    });
  });

  describe("latency", () => {
    it("within two bounds keeps the order of a stream", async () => {
      const reactor = createReactor("clock", { seed: 3, latency: [0.01, 0.5] });
      const stopped = reactor.run();
      await reactor.listenTCP(PORT, Factory.forProtocol(Echo));
      const client = await LineClient.dial(reactor, PORT);
      const dialled = reactor.seconds();
      expect(dialled).to.be.within(0.02, 1);
      for (let i = 0; i < 50; i++) client.say(`line ${i}`);
      await client.heard("line 49");
      expect(client.lines).to.deep.equal(Array.from({ length: 50 }, (_, i) => `line ${i}`));
      expect(reactor.seconds() - dialled).to.be.within(0.02, 1);
      reactor.stop();
      await stopped;
    });
  });

  describe("bandwidth", () => {
    it("is how fast bytes leave, each way for itself", async () => {
      const reactor = createReactor("clock", { latency: 0.1, bandwidth: 1000 });
      const stopped = reactor.run();
      await reactor.listenTCP(PORT, Factory.forProtocol(Echo));
      const client = await LineClient.dial(reactor, PORT);
      const before = reactor.seconds();
      client.say("x".repeat(499));
      client.say("y".repeat(499));
      await client.heard("x");
      // There, and back: half a second to leave, a tenth on the way.
      expect(reactor.seconds() - before).to.be.closeTo(1.2, 1e-9);
      await client.heard("y");
      expect(reactor.seconds() - before).to.be.closeTo(1.7, 1e-9);
      reactor.stop();
      await stopped;
    });
  });

  describe("buffers", () => {
    it("hold back a writer whose peer does not read, and bufferedBytes tells so", async () => {
      const reactor = createReactor("clock", { receiveBufferBytes: 100, sendBufferBytes: 50 });
      const servers: Protocol[] = [];
      class Paused extends Protocol {
        received = 0;
        override connectionMade(): void {
          servers.push(this);
          this.transport.pauseProducing();
        }
        override dataReceived(data: Uint8Array): void {
          this.received += data.length;
        }
      }
      void reactor.listenTCP(PORT, Factory.forProtocol(Paused));
      const dialled = LineClient.dial(reactor, PORT);
      await reactor.advance(1);
      const { transport } = await dialled;
      transport.write("x".repeat(150));
      expect(transport.bufferedBytes).to.equal(0);
      transport.write("x".repeat(25));
      await reactor.advance(10);
      expect(transport.bufferedBytes).to.equal(25);
      servers[0]?.transport.resumeProducing();
      await reactor.advance(10);
      expect(transport.bufferedBytes).to.equal(0);
      expect((servers[0] as Paused).received).to.equal(175);
    });

    it("of the system are sent after this end was closed", async () => {
      const reactor = createReactor("clock", {
        latency: 0.1,
        bandwidth: 1000,
        receiveBufferBytes: 100,
        sendBufferBytes: 5000,
      });
      const stopped = reactor.run();
      const server = new Lines();
      await reactor.listenTCP(
        PORT,
        new (class extends Factory {
          override buildProtocol(): Lines {
            return server;
          }
        })(),
      );
      const client = await LineClient.dial(reactor, PORT);
      const before = reactor.seconds();
      client.say("x".repeat(3000));
      client.close();
      await client.ended;
      expect(reactor.seconds()).to.equal(before);
      await stopped;
      expect(server.lines).to.deep.equal(["x".repeat(3000)]);
    });
  });

  it("refuses options that cannot work", () => {
    const bad: ClockOptions[] = [
      { latency: -1 },
      { latency: [0.2, 0.1] },
      { latency: [0, Infinity] },
      { bandwidth: 0 },
      { bandwidth: Number.NaN },
      { segments: 0 },
      { segments: 1.5 },
      { segments: "random" as "seeded" },
      { receiveBufferBytes: 0 },
      { sendBufferBytes: -1 },
      { keepAliveSeconds: Number.NaN },
      { retransmitSeconds: -1 },
    ];
    for (const options of bad) {
      expect(() => createReactor("clock", options), JSON.stringify(options)).to.throw(
        BadOptionError,
      );
    }
  });

  it("gives equal programs with equal seeds equal traces, and other seeds others", async () => {
    const traces = new Set<string>();
    for (let seed = 0; seed < 50; seed++) {
      const options: ClockOptions = { seed, segments: "seeded", latency: [0.001, 0.02] };
      const trace = await traceOf(options);
      expect(await traceOf(options)).to.deep.equal(trace);
      expect(trace.some(({ event }) => event.includes(" of "))).to.equal(true);
      traces.add(JSON.stringify(trace));
    }
    expect(traces.size).to.equal(50);
  });
});
