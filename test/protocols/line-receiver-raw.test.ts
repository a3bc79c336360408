import { expect } from "chai";
import { byteByByte, Noting } from "./lines.ts";

/** After a line that is a number come so many bytes of body. */
class Bodies extends Noting {
  #left = 0;

  override lineReceived(line: string): void {
    super.lineReceived(line);
    this.#left = Number(line);
    if (this.#left > 0) this.setRawMode();
  }

  override rawDataReceived(data: Uint8Array): void {
    const body = data.subarray(0, this.#left);
    this.#left -= body.length;
    super.rawDataReceived(body);
    if (this.#left === 0) this.setLineMode(data.subarray(body.length));
  }
}

describe("raw mode of a LineReceiver", () => {
  it("gives all the bytes as they come", () => {
    const receiver = new Noting();
    receiver.setRawMode();
    receiver.feed("one\r\n", "two");
    expect(receiver.events).to.deep.equal(["raw: one\r\n", "raw: two"]);
  });

  it("begins behind the line in which it was set", () => {
    const receiver = new Bodies().feed("100\r\nbody\r\nbody");
    expect(receiver.events).to.deep.equal(["100", "raw: body\r\nbody"]);
  });

  it("begins with the next bytes, when nothing is behind that line", () => {
    const receiver = new Bodies().feed("100\r\n");
    expect(receiver.events).to.deep.equal(["100"]);
    expect(receiver.feed("body").events).to.deep.equal(["100", "raw: body"]);
  });

  it("ends with setLineMode(extra), and what is left over is read as lines", () => {
    const receiver = new Bodies().feed("4\r\nbody0\r\n3\r\nabc\r\n");
    expect(receiver.events).to.deep.equal(["4", "raw: body", "0", "3", "raw: abc", ""]);
  });

  it("ends without extra", () => {
    const receiver = new Bodies().feed("4\r\n", "bo", "dy", "0\r\n");
    expect(receiver.events).to.deep.equal(["4", "raw: bo", "raw: dy", "0"]);
  });

  it("takes one byte at a time", () => {
    const receiver = new Bodies().feed(...byteByByte("2\r\n\r\n0\r\n"));
    expect(receiver.events).to.deep.equal(["2", "raw: \r", "raw: \n", "0"]);
  });

  it("takes no stack for many switches in one chunk", () => {
    const count = 100_000;
    const receiver = new Bodies().feed("1\r\nx".repeat(count));
    expect(receiver.events).to.have.lengthOf(2 * count);
  });

  it("puts what was pushed back before what comes in later", () => {
    class Reentered extends Noting {
      override rawDataReceived(data: Uint8Array): void {
        super.rawDataReceived(data);
        // The reactor's bytes come while the protocol has not yet given its own back.
        this.feed("later\r\n");
        this.setLineMode(Buffer.from("pushed back\r\n"));
        this.events.push("returns");
      }
    }
    const receiver = new Reentered();
    receiver.setRawMode();
    receiver.feed("raw");
    expect(receiver.events).to.deep.equal(["raw: raw", "returns", "pushed back", "later"]);
  });

  it("may be left from outside, with bytes to read at once", () => {
    const receiver = new Noting();
    receiver.setRawMode();
    receiver.feed("raw");
    receiver.setLineMode(Buffer.from("one\r\ntw"));
    expect(receiver.events).to.deep.equal(["raw: raw", "one"]);
    expect(receiver.feed("o\r\n").events).to.deep.equal(["raw: raw", "one", "two"]);
  });

  it("may be left and entered again in one callback", () => {
    class Twice extends Noting {
      override rawDataReceived(data: Uint8Array): void {
        super.rawDataReceived(data);
        this.setLineMode();
        this.setRawMode();
      }
    }
    const receiver = new Twice();
    receiver.setRawMode();
    expect(receiver.feed("one\r\n", "two\r\n").events).to.deep.equal([
      "raw: one\r\n",
      "raw: two\r\n",
    ]);
  });

  it("gives bytes that are the protocol's to keep", () => {
    const kept: Uint8Array[] = [];
    class Keeping extends Noting {
      override rawDataReceived(data: Uint8Array): void {
        kept.push(data);
        data.fill(0x2e);
      }
    }
    const receiver = new Keeping();
    receiver.setRawMode();
    receiver.feed("abc", "def");
    receiver.setLineMode();
    receiver.feed("line\r\n");
    expect(kept.map((data) => Buffer.from(data).toString())).to.deep.equal(["...", "..."]);
    expect(receiver.events).to.deep.equal(["line"]);
  });
});

describe("re-entering a LineReceiver", () => {
  it("from lineReceived queues the bytes behind what is there", () => {
    class Reentered extends Noting {
      override lineReceived(line: string): void {
        super.lineReceived(`${line} begins`);
        if (line === "one") this.feed("three\r\n");
        super.lineReceived(`${line} ends`);
      }
    }
    expect(new Reentered().feed("one\r\ntwo\r\n").events).to.deep.equal([
      "one begins",
      "one ends",
      "two begins",
      "two ends",
      "three begins",
      "three ends",
    ]);
  });

  it("from lineLengthExceeded works as well", () => {
    class Reentered extends Noting {
      override lineLengthExceeded(): void {
        super.lineLengthExceeded();
        this.feed("fed\r\n");
      }
    }
    const receiver = new Reentered();
    receiver.maxLength = 4;
    expect(receiver.feed("12345\r\nnext\r\n").events).to.deep.equal(["too long", "next", "fed"]);
  });

  it("after an error goes on behind the line that failed", () => {
    class Failing extends Noting {
      override lineReceived(line: string): void {
        super.lineReceived(line);
        if (line === "bad") throw new Error("planted");
      }
    }
    const receiver = new Failing();
    expect(() => receiver.feed("bad\r\nnext\r\n")).to.throw("planted");
    receiver.feed("last\r\n");
    expect(receiver.events).to.deep.equal(["bad", "next", "last"]);
  });
});
