import { expect } from "chai";
import fc from "fast-check";
import type { Decoder } from "skein/protocols";
import { SOCKS5ClientDecoder } from "../../src/protocols/socks/socks5-client-decoder.ts";
import { SOCKS5ServerDecoder } from "../../src/protocols/socks/socks5-server-decoder.ts";
import { formatCommand } from "../../src/protocols/socks/socks5-wire.ts";
import { cut, fuzz, sizes } from "../support/fuzz.ts";

type Kinds = readonly string[];
interface Expecting extends Decoder<{ readonly kind: string }> {
  expect(kind: string): void;
}

/** The longest: two texts and their lengths. */
const MOST_BYTES = 1 + 1 + 255 + 1 + 255;

/** All that comes out, with what is wrong at the end, and how much is left. */
function run(decoder: Expecting, kinds: Kinds, pieces: Iterable<Uint8Array>): unknown[] {
  const seen: unknown[] = [];
  let next = 1;
  try {
    for (const piece of pieces) {
      decoder.push(piece);
      for (let found = decoder.next(); found !== undefined; found = decoder.next()) {
        seen.push(found);
        const kind = kinds[next++];
        if (kind !== undefined) decoder.expect(kind);
      }
      if (next <= kinds.length && !("address" in ((seen.at(-1) as object | undefined) ?? {}))) {
        const rest = decoder.takeRest();
        expect(rest.length).to.be.at.most(MOST_BYTES);
        decoder.push(rest);
      }
    }
    seen.push(decoder.takeRest().length);
  } catch (error) {
    seen.push((error as Error).message);
  }
  return seen;
}

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc
    .array(fc.constantFrom(0, 1, 2, 3, 4, 5, 255, 65), { maxLength: 60 })
    .map((list) => Uint8Array.from(list)),
);

describe("the decoders of SOCKS5", () => {
  for (const [name, make, kinds, beginnings] of [
    [
      "the server's",
      () => new SOCKS5ServerDecoder() as Expecting,
      ["greeting", "password", "request"],
      ["", "050100", "05020002", "0501020103616e6e0131", "050100010100 0501000103"],
    ],
    [
      "the client's",
      () => new SOCKS5ClientDecoder() as Expecting,
      ["method", "password", "reply"],
      ["", "0500", "05020100", "0502010005000001", "0502010005000003"],
    ],
  ] as const) {
    const beginning = fc
      .constantFrom(...beginnings)
      .map((text) => Buffer.from(text.replaceAll(" ", ""), "hex"));
    fuzz(
      `${name} makes the same of any bytes, however they are cut, and keeps no more than a message`,
      fc.property(beginning, bytes, sizes, (first, then, pieceSizes) => {
        const all = Uint8Array.from(Buffer.concat([first, then]));
        const whole = run(make(), kinds, [all]);
        expect(run(make(), kinds, cut(all, pieceSizes))).to.deep.equal(whole);
      }),
    );
  }

  const host = fc.oneof(fc.ipV4(), fc.domain());
  fuzz(
    "read what is written",
    fc.property(host, fc.nat(65535), fc.nat(255), sizes, (name, port, code, pieceSizes) => {
      const decoder = new SOCKS5ServerDecoder();
      decoder.expect("request");
      const found: unknown[] = [];
      for (const piece of cut(formatCommand(code, name, port), pieceSizes)) {
        decoder.push(piece);
        found.push(decoder.next());
      }
      expect(found.pop()).to.deep.equal({ kind: "request", code, address: { host: name, port } });
      expect(found.every((each) => each === undefined)).to.equal(true);
    }),
  );
});
