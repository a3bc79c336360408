import { expect } from "chai";
import fc from "fast-check";
import {
  BadFrameError,
  foldIRCName,
  formatIRCMessage,
  type IRCMessage,
  IRCReceiver,
  parseIRCMessage,
} from "skein/protocols";
import { BadOptionError } from "skein";
import { StringTransport } from "skein/testing";
import { cut, fuzz, sizes } from "../../support/fuzz.ts";

/** The parts of a message, without those that are not there. */
function parts(line: string): unknown[] {
  const { tags, prefix, command, params } = parseIRCMessage(line);
  return [...(tags.size > 0 ? [Object.fromEntries(tags)] : []), prefix, command, ...params];
}

class Receiver extends IRCReceiver {
  readonly seen: string[] = [];
  override messageReceived({ command, params }: IRCMessage): void {
    this.seen.push([command, ...params].join("|"));
  }
  override messageRefused(error: Error | undefined): void {
    this.seen.push(error?.name ?? "too long");
  }
}

function receive(pieces: Iterable<Uint8Array>): string[] {
  const receiver = new Receiver();
  receiver.makeConnection(new StringTransport());
  for (const piece of pieces) receiver.dataReceived(piece);
  return receiver.seen;
}

describe("a message of IRC", () => {
  const messages: Record<string, readonly unknown[]> = {
    PING: [undefined, "PING"],
    "join #tea": [undefined, "JOIN", "#tea"],
    ":ada!a@b  PRIVMSG   #tea  :two  cups: ": ["ada!a@b", "PRIVMSG", "#tea", "two  cups: "],
    "TOPIC #tea :": [undefined, "TOPIC", "#tea", ""],
    "TOPIC a:b :c :d": [undefined, "TOPIC", "a:b", "c :d"],
    ":srv 001 ada :hello": ["srv", "001", "ada", "hello"],
    "@a=1;b;c=x\\:y\\sz\\\\\\ PING x": [{ a: "1", b: "", c: "x;y z\\" }, undefined, "PING", "x"],
    "@a=1 :srv PING": [{ a: "1" }, "srv", "PING"],
  };
  for (const [line, expected] of Object.entries(messages)) {
    it(`is read: ${line}`, () => expect(parts(line)).to.deep.equal(expected));
  }

  for (const line of ["", " ", ":ada", "@a=1", "@a", "12 x", "1234", "PI-NG", "PING \0", ":a :b"]) {
    it(`is none: ${JSON.stringify(line)}`, () => {
      expect(() => parseIRCMessage(line)).to.throw(BadFrameError);
    });
  }

  it("is written with a colon where one is needed", () => {
    expect(formatIRCMessage("PRIVMSG", ["#tea", "two cups"], "ada!a@b")).to.equal(
      ":ada!a@b PRIVMSG #tea :two cups",
    );
    expect(formatIRCMessage("NICK", ["ada"])).to.equal("NICK ada");
    expect(formatIRCMessage("TOPIC", ["#tea", ""])).to.equal("TOPIC #tea :");
    expect(formatIRCMessage("PRIVMSG", ["#tea", ":)"])).to.equal("PRIVMSG #tea ::)");
  });

  it("is not written when its parts would make another one", () => {
    for (const params of [["a b", "c"], ["", "c"], [":a", "c"], ["a\r\nQUIT"], ["a\0"]]) {
      expect(() => formatIRCMessage("PRIVMSG", params)).to.throw(BadOptionError);
    }
  });

  it("is cut at 510 bytes, between characters", () => {
    const line = formatIRCMessage("PRIVMSG", ["#tea", "🍵".repeat(200)]);
    expect(Buffer.byteLength(line)).to.equal(509);
    expect(line.endsWith("🍵")).to.equal(true);
    expect(formatIRCMessage("A", ["x".repeat(508)])).to.have.length(510);
  });

  it("is too long over 510 bytes, its tags not counted", () => {
    const encode = (text: string): Uint8Array[] => [new TextEncoder().encode(text)];
    const long = `A ${"x".repeat(508)}`;
    expect(receive(encode(`${long}\r\n@t=${"y".repeat(8000)} ${long}\n`))).to.have.length(2);
    expect(receive(encode(`${long}x\r\n\r\nPING\r\n`))).to.deep.equal(["too long", "PING"]);
    expect(receive(encode(`${"x".repeat(20_000)}\nPING\n`))).to.deep.equal(["too long", "PING"]);
  });

  it("compares names in the manner of old keyboards", () => {
    expect(foldIRCName("Ada[1]\\^")).to.equal("ada{1}|~");
    expect(foldIRCName("Ä")).to.equal("Ä");
  });

  const word = fc.string({ minLength: 1 }).filter((text) => /^[^: \0\r\n][^ \0\r\n]*$/.test(text));
  const last = fc.string({ unit: "grapheme" }).filter((text) => !/[\0\r\n]/.test(text));
  fuzz(
    "is read as it was written",
    fc.property(
      fc.option(word, { nil: undefined }),
      fc.array(word, { maxLength: 5 }),
      last,
      (prefix, words, text) => {
        const params = [...words, text];
        const line = formatIRCMessage("PRIVMSG", params, prefix);
        fc.pre(Buffer.byteLength(line) < 500);
        const message = parseIRCMessage(line);
        expect([message.prefix, message.params]).to.deep.equal([prefix, params]);
      },
    ),
  );

  const piece = fc.oneof(
    fc.constantFrom(":", " ", "\r\n", "\n", "@", ";", "=", "\\", "PING", "#tea", "x".repeat(300)),
    fc.string({ maxLength: 3 }),
  );
  const noise = fc
    .array(piece, { maxLength: 30 })
    .map((pieces) => new TextEncoder().encode(pieces.join("")));
  fuzz(
    "or none is made of any bytes, the same however they are cut",
    fc.property(fc.oneof(noise, fc.uint8Array({ maxLength: 60 })), sizes, (bytes, pieces) => {
      expect(receive(cut(bytes, pieces))).to.deep.equal(receive([bytes.slice()]));
    }),
  );
});
