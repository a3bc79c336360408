import { expect } from "chai";
import { Noting } from "./lines.ts";

/** Does something at certain lines: `pause`, `resume`, `lose` and `abort`. */
class Commanded extends Noting {
  override lineReceived(line: string): void {
    super.lineReceived(line);
    if (line.includes("pause")) this.pauseProducing();
    if (line.includes("resume")) this.resumeProducing();
    if (line.includes("raw")) this.setRawMode();
    if (line.includes("lose")) this.transport.loseConnection();
    if (line.includes("abort")) this.transport.abortConnection();
  }
}

describe("pauseProducing of a LineReceiver", () => {
  it("stops between the lines of one chunk, until resumeProducing", () => {
    const receiver = new Commanded().feed("one\r\npause\r\ntwo\r\nthree\r\n");
    expect(receiver.events).to.deep.equal(["one", "pause"]);
    receiver.resumeProducing();
    expect(receiver.events).to.deep.equal(["one", "pause", "two", "three"]);
  });

  it("pauses and resumes the transport", () => {
    const receiver = new Commanded().feed("pause\r\n");
    expect(receiver.link.paused).to.equal(true);
    receiver.resumeProducing();
    expect(receiver.link.paused).to.equal(false);
  });

  it("keeps what the transport delivers all the same", () => {
    const receiver = new Commanded().feed("pause\r\none\r\n", "two\r\nthr");
    expect(receiver.events).to.deep.equal(["pause"]);
    receiver.resumeProducing();
    expect(receiver.events).to.deep.equal(["pause", "one", "two"]);
    expect(receiver.feed("ee\r\n").events).to.deep.equal(["pause", "one", "two", "three"]);
  });

  it("may be followed by a resumption in the same callback", () => {
    const receiver = new Commanded().feed("pause, resume\r\ntwo\r\n");
    expect(receiver.events).to.deep.equal(["pause, resume", "two"]);
    expect(receiver.link.paused).to.equal(false);
  });

  it("stops again at a later line of the same chunk", () => {
    const receiver = new Commanded().feed("pause\r\npause again\r\nend\r\n");
    receiver.resumeProducing();
    expect(receiver.events).to.deep.equal(["pause", "pause again"]);
    receiver.resumeProducing();
    expect(receiver.events).to.deep.equal(["pause", "pause again", "end"]);
  });

  it("stops before raw data too", () => {
    const receiver = new Commanded().feed("raw, pause\r\nbody");
    expect(receiver.events).to.deep.equal(["raw, pause"]);
    receiver.resumeProducing();
    expect(receiver.events).to.deep.equal(["raw, pause", "raw: body"]);
  });

  it("holds back what setLineMode(extra) gives", () => {
    const receiver = new Noting();
    receiver.setRawMode();
    receiver.pauseProducing();
    receiver.setLineMode(Buffer.from("one\r\n"));
    expect(receiver.events).to.deep.equal([]);
    receiver.resumeProducing();
    expect(receiver.events).to.deep.equal(["one"]);
  });

  it("holds back the word of a line that is too long", () => {
    const receiver = new Commanded();
    receiver.maxLength = 6;
    receiver.feed("pause\r\n1234567\r\nnext\r\n");
    expect(receiver.events).to.deep.equal(["pause"]);
    receiver.resumeProducing();
    expect(receiver.events).to.deep.equal(["pause", "too long", "next"]);
  });
});

describe("a LineReceiver", () => {
  it("48: delivers no more lines after loseConnection", () => {
    const receiver = new Commanded().feed("one\r\nlose\r\ntwo\r\n", "three\r\n");
    expect(receiver.events).to.deep.equal(["one", "lose"]);
  });

  it("48: delivers no more lines after abortConnection", () => {
    const receiver = new Commanded().feed("one\r\nabort\r\ntwo\r\n", "three\r\n");
    expect(receiver.events).to.deep.equal(["one", "abort"]);
  });

  it("48: delivers no raw data after loseConnection", () => {
    const receiver = new Commanded().feed("raw, lose\r\nbody", "body");
    expect(receiver.events).to.deep.equal(["raw, lose"]);
  });

  it("48: delivers nothing when it is resumed after loseConnection", () => {
    const receiver = new Commanded().feed("pause\r\ntwo\r\n");
    receiver.transport.loseConnection();
    receiver.resumeProducing();
    expect(receiver.events).to.deep.equal(["pause"]);
  });
});
