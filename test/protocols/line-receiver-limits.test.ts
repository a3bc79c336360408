import { expect } from "chai";
import { LineReceiver, LineTooLongError } from "skein/protocols";
import { StringTransport } from "skein/testing";
import { byteByByte, Noting } from "./lines.ts";

/** A receiver that takes lines of up to `maxLength` bytes. */
function limited(maxLength: number, delimiter = "\r\n"): Noting {
  const receiver = new Noting();
  receiver.maxLength = maxLength;
  receiver.delimiter = delimiter;
  return receiver;
}

describe("the limit of a LineReceiver", () => {
  for (const delimiter of ["\n", "\r\n", "abab"]) {
    it(`is exact in bytes, whatever the cut, with ${JSON.stringify(delimiter)}`, () => {
      for (let length = 0; length <= 12; length++) {
        const line = "x".repeat(length);
        const expected = [length <= 6 ? line : "too long", "next"];
        const text = `${line}${delimiter}next${delimiter}`;
        expect(limited(6, delimiter).feed(text).events).to.deep.equal(expected);
        expect(limited(6, delimiter).feed(...byteByByte(text)).events).to.deep.equal(expected);
        for (let cut = 0; cut <= text.length; cut++) {
          const receiver = limited(6, delimiter).feed(text.slice(0, cut), text.slice(cut));
          expect(receiver.events, `cut at ${cut}`).to.deep.equal(expected);
        }
      }
    });
  }

  it("counts bytes, not characters", () => {
    expect(limited(6).feed("€€\r\n€€x\r\n").events).to.deep.equal(["€€", "too long"]);
  });

  it("is 16 KiB unless set", () => {
    const receiver = new Noting();
    expect(receiver.maxLength).to.equal(16_384);
    const line = "x".repeat(16_384);
    expect(receiver.feed(`${line}\r\n${line}y\r\n`).events).to.deep.equal([line, "too long"]);
  });

  it("may be 0: empty lines only", () => {
    expect(limited(0).feed("\r\na\r\n\r\n").events).to.deep.equal(["", "too long", ""]);
  });

  it("is told before the line has ended", () => {
    expect(limited(6).feed("12345678").events).to.deep.equal(["too long"]);
  });

  it("is not told while the delimiter may still come", () => {
    const receiver = limited(6).feed("123456\r");
    expect(receiver.events).to.deep.equal([]);
    expect(receiver.feed("\n").events).to.deep.equal(["123456"]);
  });

  it("is told once for a line, of which all the rest is dropped", () => {
    const receiver = limited(6).feed("x".repeat(10), "y".repeat(10), "\rz\n", "z\r");
    expect(receiver.events).to.deep.equal(["too long"]);
    expect(receiver.feed("\nnext\r\n").events).to.deep.equal(["too long", "next"]);
  });

  it("is told for each line that is too long", () => {
    const receiver = limited(6).feed("x".repeat(7), "\r\n", `${"y".repeat(7)}\r\nnext\r\n`);
    expect(receiver.events).to.deep.equal(["too long", "too long", "next"]);
  });

  it("may be changed between lines", () => {
    class Growing extends Noting {
      override lineReceived(line: string): void {
        super.lineReceived(line);
        this.maxLength = Number(line);
      }
    }
    const receiver = new Growing();
    receiver.maxLength = 1;
    expect(receiver.feed("3\r\n111\r\n").events).to.deep.equal(["3", "111"]);
  });

  it("does not hold in raw mode", () => {
    const receiver = limited(6);
    receiver.setRawMode();
    const text = "x".repeat(100);
    expect(receiver.feed(text).events).to.deep.equal([`raw: ${text}`]);
  });

  it("lets raw mode begin behind the line that was too long, however it is cut", () => {
    class Raw extends Noting {
      override lineLengthExceeded(): void {
        super.lineLengthExceeded();
        this.setRawMode();
      }
    }
    const text = "0123456789\r\nbody";
    for (let cut = 0; cut <= text.length; cut++) {
      const receiver = new Raw();
      receiver.maxLength = 4;
      receiver.feed(text.slice(0, cut), text.slice(cut));
      const body = receiver.events.slice(1).map((event) => event.replace("raw: ", ""));
      expect([receiver.events[0], body.join("")], `cut at ${cut}`).to.deep.equal([
        "too long",
        "body",
      ]);
    }
  });

  it("ends the connection unless overridden, with LineTooLongError as the reason", () => {
    const lines: string[] = [];
    class Plain extends LineReceiver {
      override maxLength = 6;
      override lineReceived(line: string): void {
        lines.push(line);
      }
    }
    for (const chunks of [
      ["first\r\n1234567\r\nnext\r\n"],
      ["first\r\n12345678", "\r\nnext\r\n"],
    ]) {
      const transport = new StringTransport();
      const receiver = new Plain();
      receiver.makeConnection(transport);
      for (const chunk of chunks) receiver.dataReceived(Buffer.from(chunk));
      expect(transport.reason).to.be.instanceOf(LineTooLongError);
      expect(transport.reason).to.have.property("code", "ERR_LINE_TOO_LONG");
      expect(transport.reason?.message).to.include("6 bytes");
    }
    expect(lines).to.deep.equal(["first", "first"]);
  });
});
