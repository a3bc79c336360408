import { expect } from "chai";
import fc from "fast-check";
import { StringTransport } from "skein/testing";
import { cut, fuzz, sizes } from "../support/fuzz.ts";
import { type Kind, kinds } from "./string-receivers.ts";

type Receiver = ReturnType<Kind["make"]>;

function connected(kind: Kind): { receiver: Receiver; transport: StringTransport } {
  const receiver = kind.make();
  const transport = new StringTransport();
  receiver.makeConnection(transport);
  return { receiver, transport };
}

function feed(receiver: Receiver, text: string, pieceBytes = Infinity): void {
  const bytes = Buffer.from(text, "latin1");
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    receiver.dataReceived(Uint8Array.from(bytes.subarray(at, at + pieceBytes)));
  }
}

for (const kind of kinds) {
  describe(kind.name, () => {
    it("delivers strings, however they are cut", () => {
      const text = ["", "a", "hello", "x".repeat(200)].map((s) => kind.frame(s)).join("");
      for (const pieceBytes of [1, 2, 3, 7, 100, Infinity]) {
        const { receiver } = connected(kind);
        feed(receiver, text, pieceBytes);
        expect(receiver.seen).to.deep.equal(["", "a", "hello", "x".repeat(200)]);
      }
    });

    it("receives what it sends", () => {
      const { receiver, transport } = connected(kind);
      for (const string of ["", "one", "ärger"]) receiver.sendString(string);
      receiver.sendString(Uint8Array.of(0, 255));
      receiver.dataReceived(transport.bytes());
      const bytes = receiver.seen.map((s) => Buffer.from(s, "latin1").toString("hex"));
      expect(bytes).to.deep.equal(["", "6f6e65", "c3a472676572", "00ff"]);
    });

    it("refuses what is too long before it has come, and keeps nothing of it", () => {
      const { receiver, transport } = connected(kind);
      receiver.maxLength = 100;
      feed(receiver, kind.frame("x".repeat(100)) + kind.announce(101));
      expect(receiver.seen).to.have.length(1);
      expect(transport.reason?.name).to.equal("FrameTooLongError");
      expect(transport.reason?.message).to.include("101 bytes");
      expect(receiver.takeUnread()).to.have.length(0);
    });

    it("takes nothing by a limit that is no number", () => {
      const { receiver, transport } = connected(kind);
      receiver.maxLength = NaN;
      feed(receiver, kind.frame("a"));
      expect(receiver.seen).to.deep.equal([]);
      expect(transport.reason?.name).to.equal("FrameTooLongError");
    });

    it("takes calls from inside stringReceived: 49", () => {
      const { receiver } = connected(kind);
      receiver.at = (string) => {
        if (string === "one") feed(receiver, kind.frame("three"));
        receiver.seen.push("-");
      };
      feed(receiver, kind.frame("one") + kind.frame("two"));
      expect(receiver.seen).to.deep.equal(["one", "-", "two", "-", "three", "-"]);
    });

    it("delivers nothing after loseConnection: 49", () => {
      const { receiver, transport } = connected(kind);
      receiver.at = () => transport.loseConnection();
      feed(receiver, kind.frame("one") + kind.frame("two"));
      feed(receiver, kind.frame("three"));
      expect(receiver.seen).to.deep.equal(["one"]);
    });

    it("stops between two strings of one chunk while it is paused: 48", () => {
      const { receiver } = connected(kind);
      receiver.at = (string) => void (string === "one" && receiver.pauseProducing());
      feed(receiver, kind.frame("one") + kind.frame("two"));
      expect(receiver.seen).to.deep.equal(["one"]);
      receiver.resumeProducing();
      expect(receiver.seen).to.deep.equal(["one", "two"]);
    });

    it("gives away what it has not used: half a string with its length", () => {
      const { receiver } = connected(kind);
      const half = kind.announce(5);
      feed(receiver, `${kind.frame("one")}${half}he`);
      expect(Buffer.from(receiver.takeUnread()).toString("latin1")).to.equal(`${half}he`);
    });

    it("may be handed a string that another has begun to read", () => {
      const [first, second] = [connected(kind).receiver, connected(kind).receiver];
      const text = kind.frame("hello");
      feed(first, text.slice(0, 3));
      second.dataReceived(first.takeUnread());
      feed(second, text.slice(3));
      expect(second.seen).to.deep.equal(["hello"]);
    });

    const pieces = fc.array(
      fc.oneof(
        fc.string({ maxLength: 20 }).map((text) => kind.frame(text.replaceAll(/[^ -~]/g, "?"))),
        fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
        fc.nat(255).map((length) => kind.announce(length)),
      ),
      { maxLength: 12 },
    );
    fuzz(
      "makes the same of any bytes, however they are cut, and throws nothing",
      fc.property(pieces, sizes, (parts, pieceSizes) => {
        const bytes = Uint8Array.from(Buffer.from(parts.join(""), "latin1"));
        const [whole, inPieces] = [connected(kind), connected(kind)];
        for (const { receiver } of [whole, inPieces]) receiver.maxLength = 120;
        whole.receiver.dataReceived(bytes);
        for (const piece of cut(bytes, pieceSizes)) inPieces.receiver.dataReceived(piece);
        expect(inPieces.receiver.seen).to.deep.equal(whole.receiver.seen);
        expect(inPieces.transport.reason?.message).to.equal(whole.transport.reason?.message);
        // What is kept is less than the longest frame.
        expect(inPieces.receiver.takeUnread().length).to.be.at.most(120 + 4);
      }),
    );
  });
}

describe("netstrings without a limit", () => {
  it("have lengths that are numbers all the same: digits without end are refused", () => {
    const { receiver, transport } = connected(
      kinds.find(({ name }) => name.startsWith("Netstring")) as Kind,
    );
    receiver.maxLength = Infinity;
    feed(receiver, "9".repeat(17));
    expect(transport.reason?.name).to.equal("FrameTooLongError");
  });
});
