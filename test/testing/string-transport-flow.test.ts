import { expect } from "chai";
import type { Failure } from "skein/defer";
import { Protocol } from "skein/protocols";
import { ConnectionDoneError, ProducerRegisteredError } from "skein/reactor";
import { StringTransport } from "skein/testing";

class Noting {
  readonly events: string[] = [];
  pauseProducing(): void {
    this.events.push("pause");
  }
  resumeProducing(): void {
    this.events.push("resume");
  }
  stopProducing(): void {
    this.events.push("stop");
  }
}

describe("StringTransport, as a consumer", () => {
  it("pauses a push producer when the peer is behind, and resumes it when it has caught up", () => {
    const transport = new StringTransport();
    const producer = new Noting();
    transport.registerProducer(producer, true);
    transport.write("in time");
    transport.bufferedBytes = transport.highWaterBytes + 1;
    expect(transport.write("too much")).to.equal(false);
    transport.write("too much");
    expect(producer.events).to.deep.equal(["pause"]);
    transport.drain();
    expect(producer.events).to.deep.equal(["pause", "resume"]);
    expect(transport.bufferedBytes).to.equal(0);
  });

  it("asks a pull producer when it is registered, and each time it has drained", () => {
    const transport = new StringTransport();
    const producer = new Noting();
    transport.registerProducer(producer, false);
    transport.drain();
    expect(producer.events).to.deep.equal(["resume", "resume"]);
    transport.unregisterProducer();
    transport.drain();
    expect(producer.events).to.deep.equal(["resume", "resume"]);
  });

  it("refuses a second producer, and stops one that comes too late", () => {
    const transport = new StringTransport();
    transport.registerProducer(new Noting(), true);
    expect(() => transport.registerProducer(new Noting(), true)).to.throw(ProducerRegisteredError);
    transport.abortConnection();
    const late = new Noting();
    transport.registerProducer(late, true);
    expect(late.events).to.deep.equal(["stop"]);
  });

  it("takes what a pull producer writes after loseConnection(), until it unregisters", () => {
    const transport = new StringTransport();
    transport.registerProducer(new Noting(), false);
    transport.loseConnection();
    expect(transport.connected).to.equal(false);
    expect(transport.write("the rest")).to.equal(true);
    transport.unregisterProducer();
    expect(transport.write("dropped")).to.equal(false);
    expect(transport.text()).to.equal("the rest");
  });

  it("tells whenDrained() of the peer's pace, and of the end", () => {
    const transport = new StringTransport();
    const seen: unknown[] = [];
    transport.whenDrained().addCallback(() => seen.push("at once"));
    transport.bufferedBytes = 100_000;
    transport.write("much");
    transport.whenDrained().addCallback(() => seen.push("drained"));
    expect(seen).to.deep.equal(["at once"]);
    transport.drain();
    expect(seen).to.deep.equal(["at once", "drained"]);
    transport.loseConnection();
    transport.whenDrained().addErrback((failure: Failure) => seen.push(failure.value));
    const reason = transport.lose();
    expect(seen.slice(2)).to.deep.equal([reason.value]);
  });

  it("lose() stops the producer, and gives the reason: the protocol's own first", () => {
    const transport = new StringTransport();
    const producer = new Noting();
    transport.registerProducer(producer, true);
    const mine = new Error("of the test");
    expect(transport.lose(mine).value).to.equal(mine);
    expect(transport.lose().value).to.equal(mine);
    expect(producer.events).to.deep.equal(["stop"]);
    expect(transport).to.include({ connected: false, disconnecting: true, aborted: false });

    const closed = new StringTransport();
    closed.loseConnection();
    expect(closed.lose(mine).value).to.be.instanceOf(ConnectionDoneError);
  });

  it("lets what a producer throws out", () => {
    const transport = new StringTransport();
    const error = new Error("thrown by a producer");
    const throwing = new Noting();
    throwing.resumeProducing = () => {
      throw error;
    };
    expect(() => transport.registerProducer(throwing, false)).to.throw(error);
  });
});

describe("StringTransport", () => {
  it("knows that the protocol has closed its direction, and drops what comes after", () => {
    const transport = new StringTransport();
    expect(transport.writeDisconnecting).to.equal(false);
    transport.loseWriteConnection();
    expect(transport.write("dropped")).to.equal(false);
    expect(transport).to.include({ connected: true, writeDisconnecting: true, droppedBytes: 7 });
  });

  it("connects a protocol that takes over, and keeps what it is to receive", () => {
    const transport = new StringTransport();
    const next = new Protocol();
    transport.setProtocol(next, new Uint8Array([1, 2]));
    expect(next.transport).to.equal(transport);
    expect(transport.protocol).to.equal(next);
    expect([...transport.rest]).to.deep.equal([1, 2]);
    transport.lose();
    transport.setProtocol(new Protocol());
    expect(transport.protocol).to.equal(next);
  });

  it("closes when it is stopped, as the producer of another", () => {
    const [from, to] = [new StringTransport(), new StringTransport()];
    to.registerProducer(from, true);
    to.bufferedBytes = 100_000;
    to.write("much");
    expect(from.paused).to.equal(true);
    to.drain();
    expect(from.paused).to.equal(false);
    to.lose();
    expect(from.disconnecting).to.equal(true);
  });
});
