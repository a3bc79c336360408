import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { Deferred } from "skein/defer";
import { Factory, type FileSource, FileSender, Protocol } from "skein/protocols";
import { createReactor } from "skein/reactor";
import { LineClient } from "skein/testing";

const FILE = fileURLToPath(new URL("../../package-lock.json", import.meta.url));

class Give extends Protocol {
  static source: () => FileSource = () => [];
  static begun: Deferred<number> = new Deferred();
  override connectionMade(): void {
    Give.begun = new FileSender().beginFileTransfer(Give.source(), this.transport);
    this.transport.loseConnection();
  }
}

/** What the client gets of a source, and what became of the transfer. */
async function sent(
  backend: "libuv" | "clock",
  source: () => FileSource,
): Promise<{ lines: readonly string[]; outcome: unknown }> {
  Give.source = source;
  const reactor = createReactor(backend);
  const stopped = reactor.run();
  const port = await reactor.listenTCP(0, Factory.forProtocol(Give));
  const client = await LineClient.dial(reactor, port.getHost().port);
  await client.ended;
  const outcome = await Give.begun.addErrback((failure) => failure.value);
  if (reactor.running) reactor.stop();
  await stopped;
  return { lines: client.lines, outcome };
}

for (const backend of ["libuv", "clock"] as const) {
  describe(`FileSender on ${backend}`, () => {
    it("sends all pieces in order, and says how many bytes they were", async () => {
      const pieces = Array.from({ length: 500 }, (_, i) => `${"x".repeat(i * 3)}\n`);
      const { lines, outcome } = await sent(backend, () => pieces);
      expect(lines).to.deep.equal(pieces.map((piece) => piece.slice(0, -1)));
      expect(outcome).to.equal(pieces.join("").length);
    });

    it("goes on behind empty pieces, and sends nothing of an empty source", async () => {
      const { lines } = await sent(backend, () => ["", "one\n", "", "", "two\n", ""]);
      expect(lines).to.deep.equal(["one", "two"]);
      expect((await sent(backend, () => [])).outcome).to.equal(0);
    });

    it("fails with what the source throws, behind what it gave", async () => {
      const { lines, outcome } = await sent(backend, function* () {
        yield "one\n";
        throw new RangeError("the disk is gone");
      });
      expect(lines).to.deep.equal(["one"]);
      expect(outcome).to.be.instanceOf(RangeError);
    });

    it("takes what comes later", async () => {
      const { lines, outcome } = await sent(backend, async function* () {
        for (const piece of ["one\n", "two\n"]) {
          await Promise.resolve();
          yield piece;
        }
      });
      expect(lines).to.deep.equal(["one", "two"]);
      expect(outcome).to.equal(8);
    });

    it("closes the source when the peer has gone, and says why", async () => {
      let closed = false;
      Give.source = function* () {
        try {
          for (;;) yield Buffer.alloc(65_536, "x\n");
        } finally {
          closed = true;
        }
      };
      const reactor = createReactor(backend);
      const stopped = reactor.run();
      const port = await reactor.listenTCP(0, Factory.forProtocol(Give));
      const client = await LineClient.dial(reactor, port.getHost().port);
      await client.heard("x");
      client.transport.abortConnection();
      const outcome = await Give.begun.addErrback((failure) => (failure.value as Error).name);
      expect(outcome).to.equal("ConnectionLostError");
      expect(closed).to.equal(true);
      if (reactor.running) reactor.stop();
      await stopped;
    });

    it("stops where it is when it is cancelled", async () => {
      Give.source = function* () {
        for (;;) yield "line\n";
      };
      const reactor = createReactor(backend);
      const stopped = reactor.run();
      const port = await reactor.listenTCP(0, Factory.forProtocol(Give));
      const client = await LineClient.dial(reactor, port.getHost().port);
      await client.heard("line");
      const outcome = Give.begun.addErrback((failure) => (failure.value as Error).name);
      Give.begun.cancel();
      expect(await outcome).to.equal("CancelledError");
      // The connection was to be closed behind the last piece.
      expect(((await client.ended) as Error).name).to.equal("ConnectionDoneError");
      if (reactor.running) reactor.stop();
      await stopped;
    });
  });
}

describe("FileSender", () => {
  it("sends a real file through a transform", async () => {
    class Shout extends Protocol {
      override connectionMade(): void {
        const transform = (piece: Uint8Array): Uint8Array =>
          Buffer.from(Buffer.from(piece).toString("latin1").toUpperCase(), "latin1");
        void new FileSender({ transform }).beginFileTransfer(
          createReadStream(FILE),
          this.transport,
        );
        this.transport.loseConnection();
      }
    }
    const reactor = createReactor("libuv");
    const stopped = reactor.run();
    const port = await reactor.listenTCP(0, Factory.forProtocol(Shout));
    const client = await LineClient.dial(reactor, port.getHost().port);
    await client.ended;
    reactor.stop();
    await stopped;
    const text = await readFile(FILE, "latin1");
    expect(client.lines.join("\n")).to.equal(text.trimEnd().toUpperCase());
  });
});
