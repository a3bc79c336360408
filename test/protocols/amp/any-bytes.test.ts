import { expect } from "chai";
import fc from "fast-check";
import { AMP, encodeBox } from "skein/amp";
import { Deferred } from "skein/defer";
import { StringTransport } from "skein/testing";
import { cut, fuzz, sizes } from "../../support/fuzz.ts";
import { collectUnhandled } from "../../support/outcomes.ts";
import { Divide, DivisionByZeroError, Echo, Sum } from "./pairs.ts";

/** What an end writes and ends with, and how three calls of its own end. */
function play(pieces: Iterable<Uint8Array>): unknown[] {
  const amp = new AMP({ maxBoxBytes: 200, maxUnanswered: 3 });
  const transport = new StringTransport();
  const events: unknown[] = [];
  amp.makeConnection(transport);
  amp.respond(Sum, ({ a, b }) => ({ total: a + b }));
  amp.respond(Echo, () => new Deferred());
  amp.respond(Divide, () => {
    throw new DivisionByZeroError("none");
  });
  for (let i = 0; i < 3; i++) {
    amp.callRemote(Sum, { a: i, b: 0 }).addCallbacks(
      (answer) => events.push(answer),
      (failure) => events.push(failure.message),
    );
  }
  for (const piece of pieces) amp.dataReceived(piece);
  const kept = amp.takeUnread().length;
  if (transport.connected && !transport.paused) expect(kept).to.be.below(200);
  amp.connectionLost(transport.lose());
  return [...events, transport.text(), transport.reason?.message];
}

const value = fc.constantFrom("", "1", "2", "3", "x", "Sum", "Echo", "Divide", "None", "ZERO");
const keys = ["_ask", "_answer", "_error", "_error_code", "_error_description", "_command"];
const box = fc.dictionary(fc.constantFrom(...keys, "a", "b", "text", "total"), value);
const question = fc.record({
  _ask: value,
  _command: fc.constantFrom("Sum", "Echo", "Divide", "None"),
  a: fc.constantFrom("1", "2"),
  b: fc.constantFrom("1", "2"),
  text: value,
});
const part = fc.oneof(
  box.map((values) => encodeBox(values)),
  question.map((values) => encodeBox(values)),
  fc.uint8Array({ maxLength: 6 }),
);

describe("AMP, whatever it is sent,", () => {
  // Responders that are asked wrongly are reported: how often is not of interest here.
  collectUnhandled();

  fuzz(
    "does the same, however that is cut, and throws nothing",
    fc.property(fc.array(part, { maxLength: 8 }), sizes, (parts, pieces) => {
      const bytes = Uint8Array.from(Buffer.concat(parts));
      expect(play(cut(bytes, pieces))).to.deep.equal(play([bytes]));
    }),
  );
});
