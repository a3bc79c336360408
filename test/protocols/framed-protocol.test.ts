import { expect } from "chai";
import { ByteQueue, type Decoder, FramedProtocol } from "skein/protocols";
import { StringTransport } from "skein/testing";

/** Each byte is a frame; 255 is none. */
class Bytes implements Decoder<number> {
  readonly queue = new ByteQueue();
  push(data: Uint8Array): void {
    this.queue.push(data);
  }
  next(): number | undefined {
    const [byte] = this.queue.take(1);
    if (byte === 255) throw new RangeError("255 is no frame");
    return byte;
  }
  takeRest(): Uint8Array {
    return this.queue.takeAll();
  }
}

class Noting extends FramedProtocol<number> {
  override readonly decoder = new Bytes();
  readonly link = new StringTransport();
  readonly seen: number[] = [];
  /** What to do at which frame. */
  readonly at: Record<number, () => void> = {};

  constructor() {
    super();
    this.makeConnection(this.link);
  }

  override frameReceived(frame: number): void {
    this.seen.push(frame);
    this.at[frame]?.();
  }
}

/** Stays connected when bytes are wrong. */
class Patient extends Noting {
  readonly errors: string[] = [];
  override decodingFailed(error: Error): void {
    this.errors.push(error.message);
  }
}

describe("FramedProtocol", () => {
  it("gives the frames one by one, as they come", () => {
    const protocol = new Noting();
    protocol.dataReceived(Uint8Array.of(1, 2));
    protocol.dataReceived(Uint8Array.of(3));
    expect(protocol.seen).to.deep.equal([1, 2, 3]);
  });

  it("gives what a frame's own call delivers after it", () => {
    const protocol = new Noting();
    protocol.at[1] = () => {
      protocol.dataReceived(Uint8Array.of(9));
      protocol.seen.push(-1);
    };
    protocol.dataReceived(Uint8Array.of(1, 2));
    expect(protocol.seen).to.deep.equal([1, -1, 2, 9]);
  });

  it("holds the rest of a chunk while it is paused", () => {
    const protocol = new Noting();
    protocol.at[1] = () => protocol.pauseProducing();
    protocol.dataReceived(Uint8Array.of(1, 2, 3));
    expect(protocol.seen).to.deep.equal([1]);
    protocol.resumeProducing();
    expect(protocol.seen).to.deep.equal([1, 2, 3]);
  });

  it("gives no more after loseConnection()", () => {
    const protocol = new Noting();
    protocol.at[1] = () => protocol.transport.loseConnection();
    protocol.dataReceived(Uint8Array.of(1, 2, 3));
    expect(protocol.seen).to.deep.equal([1]);
  });

  it("gives what is left to the protocol that comes next", () => {
    const protocol = new Noting();
    let rest: Uint8Array | undefined;
    protocol.at[1] = () => (rest = protocol.takeUnread());
    protocol.dataReceived(Uint8Array.of(1, 2, 3));
    expect(protocol.seen).to.deep.equal([1]);
    expect([...(rest ?? [])]).to.deep.equal([2, 3]);
  });

  it("goes on behind a frame whose call has thrown", () => {
    const protocol = new Noting();
    protocol.at[1] = () => {
      throw new Error("at 1");
    };
    expect(() => protocol.dataReceived(Uint8Array.of(1, 2))).to.throw("at 1");
    protocol.dataReceived(Uint8Array.of(3));
    expect(protocol.seen).to.deep.equal([1, 2, 3]);
  });

  it("ends the connection when the bytes are wrong, with the error as its reason", () => {
    const protocol = new Noting();
    protocol.dataReceived(Uint8Array.of(1, 255, 2));
    expect(protocol.seen).to.deep.equal([1]);
    expect(protocol.link.disconnecting).to.equal(true);
    expect(protocol.link.reason?.message).to.equal("255 is no frame");
  });

  it("tells once what is wrong, and looks at nothing that comes later", () => {
    const protocol = new Patient();
    protocol.dataReceived(Uint8Array.of(1, 255, 2, 255));
    protocol.dataReceived(Uint8Array.of(3, 255));
    protocol.resumeProducing();
    expect(protocol.seen).to.deep.equal([1]);
    expect(protocol.errors).to.deep.equal(["255 is no frame"]);
    expect(protocol.decoder.queue.length).to.equal(0);
  });
});
