import { Duplex, PassThrough } from "node:stream";
import { expect } from "chai";
import type { Failure } from "skein/defer";
import { adoptDuplex, connectDuplex, serveDuplex } from "skein/interop";
import { Protocol } from "skein/protocols";
import { BadOptionError, createReactor, NoCapabilityError } from "skein/reactor";
import { bridged } from "../support/bridged.ts";

/** Remembers what it is told. */
class Recorder extends Protocol {
  readonly seen: string[] = [];
  readonly #lost: () => void;

  constructor(lost: () => void = () => {}) {
    super();
    this.#lost = lost;
  }
  override connectionMade(): void {
    this.seen.push("made");
  }
  override dataReceived(data: Uint8Array): void {
    this.seen.push(Buffer.from(data).toString());
  }
  override connectionLost(reason: Failure): void {
    this.seen.push(String(reason.value));
    this.#lost();
  }
}

/** Answers from inside write(), as some do. */
class Eager extends Duplex {
  override _read(): void {}
  override _write(data: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.push(`heard ${data.toString()}`);
    done();
  }
}

const CLEAN = "ConnectionDoneError: the connection was closed cleanly";

describe("adoptDuplex", () => {
  bridged(
    "makes a socket a connection again",
    async (reactor) => {
      let lost = (): void => {};
      const ended = new Promise<void>((resolve) => (lost = resolve));
      const recorder = new Recorder(lost);
      const port = await serveDuplex(reactor, 0, (socket) => {
        socket.end("hello");
      });
      adoptDuplex(reactor, connectDuplex(reactor, "127.0.0.1", port.getHost().port), recorder);
      await ended;
      return recorder.seen;
    },
    ["made", "hello", CLEAN],
  );

  it("delivers nothing from inside write()", async () => {
    const reactor = createReactor("clock");
    const recorder = new Recorder();
    adoptDuplex(reactor, new Eager(), recorder);
    await reactor.advance(0);
    recorder.transport.write("one");
    recorder.transport.write("two");
    expect(recorder.seen).to.deep.equal(["made"]);
    await reactor.advance(0);
    expect(recorder.seen.slice(1).join()).to.equal("heard one,heard two");
  });

  it("makes the protocol's connection in a later turn", async () => {
    const reactor = createReactor("clock");
    const recorder = new Recorder();
    adoptDuplex(reactor, new PassThrough(), recorder);
    expect(recorder.seen).to.deep.equal([]);
    await reactor.advance(0);
    expect(recorder.seen).to.deep.equal(["made"]);
  });

  it("keeps what comes while the protocol pauses", async () => {
    const reactor = createReactor("clock");
    const recorder = new Recorder();
    const duplex = new PassThrough();
    adoptDuplex(reactor, duplex, recorder);
    await reactor.advance(0);
    recorder.transport.pauseProducing();
    duplex.end("later");
    await reactor.advance(1);
    expect(recorder.seen).to.deep.equal(["made"]);
    recorder.transport.resumeProducing();
    await reactor.advance(1);
    expect(recorder.seen).to.deep.equal(["made", "later", CLEAN]);
  });

  it("says when the Duplex is behind, and when it has caught up", async () => {
    const reactor = createReactor("clock");
    const recorder = new Recorder();
    const taking: (() => void)[] = [];
    const duplex = new Duplex({
      read() {},
      write: (_data, _encoding, done) => void taking.push(done),
    });
    adoptDuplex(reactor, duplex, recorder);
    await reactor.advance(0);
    expect(recorder.transport.write("x".repeat(100_000))).to.equal(false);
    let drained = false;
    recorder.transport.whenDrained().addCallback(() => (drained = true));
    await reactor.advance(1);
    expect(drained).to.equal(false);
    // The bytes, and then the empty write that waits behind them.
    taking.shift()?.();
    taking.shift()?.();
    await reactor.advance(0);
    expect(drained).to.equal(true);
  });

  it("ends with the error of the Duplex as the cause", async () => {
    const reactor = createReactor("clock");
    const recorder = new Recorder();
    const duplex = new PassThrough();
    adoptDuplex(reactor, duplex, recorder);
    await reactor.advance(0);
    duplex.destroy(new Error("broken"));
    await reactor.advance(0);
    expect(recorder.seen[1]).to.match(/^ConnectionLostError: .* was lost: broken$/);
  });

  it("tells the protocol of a Duplex that had ended before", async () => {
    const reactor = createReactor("clock");
    const recorder = new Recorder();
    const duplex = new PassThrough();
    duplex.destroy();
    adoptDuplex(reactor, duplex, recorder);
    await reactor.advance(0);
    expect(recorder.seen).to.deep.equal(["made", CLEAN]);
  });

  it("closes the Duplex when the reactor stops", async () => {
    const reactor = createReactor("clock");
    const recorder = new Recorder();
    const duplex = new PassThrough();
    const stopped = reactor.run();
    adoptDuplex(reactor, duplex, recorder);
    reactor.callLater(1, () => reactor.stop());
    await stopped;
    expect(duplex.destroyed).to.equal(true);
    expect(recorder.seen).to.deep.equal(["made", "ConnectionLostError: the reactor has stopped"]);
  });

  it("does not hold a stop up when the Duplex never closes", async () => {
    const reactor = createReactor("clock");
    const stopped = reactor.run();
    adoptDuplex(reactor, new Duplex({ read() {}, write() {}, emitClose: false }), new Recorder());
    reactor.callLater(1, () => reactor.stop());
    await stopped;
    expect(reactor.seconds()).to.equal(3);
  });

  it("refuses objects and decoded text", () => {
    const reactor = createReactor("clock");
    const adopt = (duplex: Duplex): (() => void) => {
      return () => adoptDuplex(reactor, duplex, new Recorder());
    };
    expect(adopt(new PassThrough({ objectMode: true }))).to.throw(BadOptionError);
    expect(adopt(new PassThrough({ encoding: "utf8" }))).to.throw(BadOptionError);
  });

  it("has no startTLS", async () => {
    const reactor = createReactor("clock");
    const recorder = new Recorder();
    adoptDuplex(reactor, new PassThrough(), recorder);
    await reactor.advance(0);
    expect(() => recorder.transport.startTLS({})).to.throw(NoCapabilityError);
  });
});
