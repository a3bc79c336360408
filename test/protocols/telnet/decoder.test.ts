import { expect } from "chai";
import fc from "fast-check";
import { encodeTelnet, TelnetDecoder, type TelnetEvent } from "skein/protocols";
import { cut, fuzz, sizes } from "../../support/fuzz.ts";

const MAX = 20;

interface Seen {
  readonly events: TelnetEvent[];
  readonly error: string | undefined;
}

/** What comes of the bytes; pieces of data that follow one another are one. */
function decode(pieces: Iterable<Uint8Array>, binary = false): Seen {
  const decoder = new TelnetDecoder({ binary, maxSubnegotiationBytes: MAX });
  const events: TelnetEvent[] = [];
  for (const piece of pieces) {
    decoder.push(piece);
    try {
      for (let event = decoder.next(); event !== undefined; event = decoder.next()) {
        const last = events.at(-1);
        if (event.type === "data" && last?.type === "data") {
          const data = Uint8Array.from([...last.data, ...event.data]);
          events[events.length - 1] = { type: "data", data };
        } else events.push(event);
      }
    } catch (error) {
      return { events, error: (error as Error).name };
    }
  }
  return { events, error: undefined };
}

const text = (...bytes: readonly (string | number)[]): Uint8Array =>
  Uint8Array.from(bytes.flatMap((b) => (typeof b === "number" ? [b] : [...Buffer.from(b)])));

const data = (content: string): TelnetEvent => ({ type: "data", data: text(content) });

describe("the telnet decoder", () => {
  it("takes ends of lines, returns and doubled bytes for what they stand for", () => {
    const { events } = decode([text("a\r\nb\r", 0, "c\rd", 255, 255, "e")]);
    expect(events).to.deep.equal([{ type: "data", data: text("a\nb\rc\rd", 255, "e") }]);
  });

  it("leaves returns alone in binary", () => {
    expect(decode([text("a\r\nb\r", 0, 255, 255)], true).events).to.deep.equal([
      { type: "data", data: text("a\r\nb\r", 0, 255) },
    ]);
  });

  it("finds commands, negotiations and subnegotiations between data", () => {
    const bytes = text("a", 255, 246, "b", 255, 253, 1, 255, 250, 31, 0, 255, 255, 255, 240, "c");
    expect(decode([bytes]).events).to.deep.equal([
      data("a"),
      { type: "command", command: 246 },
      data("b"),
      { type: "negotiation", verb: 253, option: 1 },
      { type: "subnegotiation", option: 31, data: text(0, 255) },
      data("c"),
    ]);
  });

  it("takes a subnegotiation at the limit, and refuses a longer one before its end", () => {
    const body = new Uint8Array(MAX).fill(255);
    const long = Uint8Array.from({ length: 2 * MAX }, () => 255);
    expect(decode([text(255, 250, 24), long, text(255, 240)]).events).to.deep.equal([
      { type: "subnegotiation", option: 24, data: body },
    ]);
    expect(decode([text(255, 250, 24), long, text(1)]).error).to.equal("FrameTooLongError");
  });

  const broken: Record<string, Uint8Array> = {
    "a command that is none": text(255, 10),
    "a subnegotiation without an option": text(255, 250, 255, 240),
    "a command inside a subnegotiation": text(255, 250, 1, 255, 246),
  };
  for (const [title, bytes] of Object.entries(broken)) {
    it(`refuses ${title}`, () => expect(decode([bytes]).error).to.equal("BadFrameError"));
  }

  it("gives back what it has not used, whole", () => {
    for (const rest of [text("\r"), text(255), text(255, 250, 1, 255, 255, 7), text(255, 251)]) {
      const decoder = new TelnetDecoder({ binary: false, maxSubnegotiationBytes: MAX });
      decoder.push(Uint8Array.from([97, ...rest]));
      expect(decoder.next()).to.deep.equal(data("a"));
      expect(decoder.next()).to.equal(undefined);
      expect(decoder.takeRest()).to.deep.equal(rest);
      expect(decoder.takeRest()).to.have.length(0);
    }
  });

  const telling = fc.constantFrom(0, 1, 10, 13, 97, 240, 246, 250, 251, 253, 255, 255, 255);
  const bytes = fc.uint8Array({ maxLength: 60 }).chain((plain) =>
    fc.oneof(
      fc.constant(plain),
      fc.array(telling, { maxLength: 60 }).map((some) => Uint8Array.from(some)),
    ),
  );
  fuzz(
    "gives the same events however the bytes are cut",
    fc.property(bytes, sizes, fc.boolean(), (input, pieces, binary) => {
      expect(decode(cut(input, pieces), binary)).to.deep.equal(decode([input], binary));
    }),
  );

  fuzz(
    "reads what was encoded",
    fc.property(bytes, sizes, fc.boolean(), (input, pieces, binary) => {
      // An end of line is one, however it was written.
      const wanted = binary
        ? input
        : Uint8Array.from(
            Buffer.from(Buffer.from(input).toString("latin1").replaceAll("\r\n", "\n"), "latin1"),
          );
      const { events, error } = decode(cut(encodeTelnet(input, binary), pieces), binary);
      expect(error).to.equal(undefined);
      expect(events).to.deep.equal(wanted.length === 0 ? [] : [{ type: "data", data: wanted }]);
    }),
  );
});
