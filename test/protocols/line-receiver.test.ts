import { expect } from "chai";
import { byteByByte, Noting } from "./lines.ts";

/** A receiver with another delimiter. */
function delimitedBy(delimiter: string): Noting {
  const receiver = new Noting();
  receiver.delimiter = delimiter;
  return receiver;
}

describe("LineReceiver", () => {
  it("delivers whole lines, without their delimiters", () => {
    expect(new Noting().feed("one\r\ntwo\r\n").events).to.deep.equal(["one", "two"]);
  });

  it("delivers empty lines", () => {
    expect(new Noting().feed("\r\n\r\na\r\n\r\n").events).to.deep.equal(["", "", "a", ""]);
  });

  it("waits for the end of a line, however it is cut", () => {
    const receiver = new Noting().feed("on", "e", "\r");
    expect(receiver.events).to.deep.equal([]);
    expect(receiver.feed("\ntw").events).to.deep.equal(["one"]);
    expect(receiver.feed("o\r", "\n").events).to.deep.equal(["one", "two"]);
  });

  it("takes one byte at a time", () => {
    const receiver = new Noting().feed(...byteByByte("one\r\n\r\ntwo\r\nthr"));
    expect(receiver.events).to.deep.equal(["one", "", "two"]);
  });

  it("takes no part of a delimiter for the whole", () => {
    expect(new Noting().feed("a\rb\nc\n\rd\r\r\n").events).to.deep.equal(["a\rb\nc\n\rd\r"]);
  });

  it("takes a delimiter of one byte", () => {
    expect(delimitedBy("\n").feed("one\r\ntw", "o\n").events).to.deep.equal(["one\r", "two"]);
  });

  it("takes a delimiter of three bytes that begins like itself", () => {
    const text = "xaab|aaab|aaaab|";
    const expected = ["x", "|a", "|aa"];
    expect(delimitedBy("aab").feed(text).events).to.deep.equal(expected);
    expect(delimitedBy("aab").feed(...byteByByte(text)).events).to.deep.equal(expected);
  });

  it("takes a delimiter that is one character of several bytes", () => {
    const text = "one€two€€";
    expect(delimitedBy("€").feed(text).events).to.deep.equal(["one", "two", ""]);
    expect(delimitedBy("€").feed(...byteByByte(text)).events).to.deep.equal(["one", "two", ""]);
  });

  it("may change its delimiter between lines", () => {
    class Changing extends Noting {
      override lineReceived(line: string): void {
        super.lineReceived(line);
        this.delimiter = line;
      }
    }
    const receiver = new Changing().feed(";\r\na;,;b,");
    expect(receiver.events).to.deep.equal([";", "a"]);
    expect(receiver.feed("cad").events).to.deep.equal([";", "a", ",;b,c"]);
  });

  it("may change its delimiter while half a line waits: that is searched again", () => {
    const receiver = new Noting().feed("one;two;th");
    receiver.delimiter = ";";
    expect(receiver.feed("ree;").events).to.deep.equal(["one", "two", "three"]);
  });

  describe("of UTF-8", () => {
    it("delivers a character that was cut in two", () => {
      expect(new Noting().feed(...byteByByte("zwölf €\r\n")).events).to.deep.equal(["zwölf €"]);
    });

    it("puts U+FFFD in the place of what is not UTF-8", () => {
      const bytes = new Uint8Array([0x61, 0xff, 0x62, 0xe2, 0x82, 0x0d, 0x0a, 0x63, 0x0d, 0x0a]);
      expect(new Noting().feed(bytes).events).to.deep.equal(["a\uFFFDb\uFFFD", "c"]);
    });

    it("leaves a byte order mark where it is", () => {
      expect(new Noting().feed("\uFEFFa\uFEFF\r\n\uFEFF\r\n").events).to.deep.equal([
        "\uFEFFa\uFEFF",
        "\uFEFF",
      ]);
    });
  });

  describe("sendLine", () => {
    it("sends the line and its delimiter, as UTF-8", () => {
      const receiver = new Noting();
      expect(receiver.sendLine("zwölf")).to.equal(true);
      receiver.delimiter = "\n";
      receiver.sendLine("");
      expect(receiver.link.text()).to.equal("zwölf\r\n\n");
    });

    it("tells whether the peer keeps up", () => {
      const receiver = new Noting();
      receiver.link.bufferedBytes = 1_000_000;
      expect(receiver.sendLine("text")).to.equal(false);
    });

    it("refuses a line that contains the delimiter, and sends nothing", () => {
      const receiver = new Noting();
      expect(() => receiver.sendLine("one\r\ntwo"))
        .to.throw("contains its delimiter")
        .with.property("code", "ERR_BAD_OPTION");
      expect(receiver.link.writes).to.deep.equal([]);
    });

    it("takes a line with a part of the delimiter", () => {
      const receiver = new Noting();
      receiver.sendLine("a\nb\r");
      const echoed = new Noting().feed(receiver.link.bytes());
      expect(echoed.events).to.deep.equal(["a\nb\r"]);
    });

    it("refuses a line whose end would make a delimiter too early", () => {
      const receiver = delimitedBy("--");
      expect(() => receiver.sendLine("text-")).to.throw("contains its delimiter");
      expect(receiver.link.writes).to.deep.equal([]);
      receiver.sendLine("-text");
      expect(delimitedBy("--").feed(receiver.link.bytes()).events).to.deep.equal(["-text"]);
    });
  });
});
