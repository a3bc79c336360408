import { expect } from "chai";
import crypto, { randomUUID } from "node:crypto";
import { promisify } from "node:util";
import { virtually } from "../support/virtually.ts";

/** One of everything. */
async function draw(): Promise<readonly unknown[]> {
  const filled = Buffer.alloc(6);
  return [
    Math.random(),
    crypto.randomBytes(4).toString("hex"),
    (await promisify(crypto.randomBytes)(4)).toString("hex"),
    crypto.randomInt(1000),
    crypto.randomInt(-5, 5),
    await promisify((done: (error: Error | null, n: number) => void) =>
      crypto.randomInt(9, done),
    )(),
    randomUUID(),
    globalThis.crypto.randomUUID(),
    Buffer.from(globalThis.crypto.getRandomValues(new Uint16Array(2)).buffer).toString("hex"),
    Buffer.from(crypto.getRandomValues(new Uint8Array(2)) as Uint8Array).toString("hex"),
    crypto.randomFillSync(filled, 2, 2).toString("hex"),
    ((await promisify(crypto.randomFill)(Buffer.alloc(3))) as Buffer).toString("hex"),
  ];
}

describe("virtual chance", () => {
  it("is the same from the same seed, and another from another", async () => {
    const of = async (seed: number | string): Promise<unknown> =>
      (await virtually(draw, { seed })).value;
    const first = await of(1);
    expect(await of(1)).to.deep.equal(first);
    expect(await of("1")).not.to.deep.equal(first);
    const drawn = new Set(first as unknown[]);
    expect(drawn.size).to.equal(12);
  });

  it("begins from the reactor's seed, unless it has one of its own", async () => {
    const of = async (seed: string, own?: string): Promise<unknown> =>
      (
        await virtually(() => Math.random(), {
          clock: { seed },
          ...(own !== undefined && { seed: own }),
        })
      ).value;
    expect(await of("a")).to.equal(await of("a"));
    expect(await of("a")).not.to.equal(await of("b"));
    expect(await of("b", "a")).to.equal(await of("a"));
  });

  it("is in the ranges that it is asked for", async () => {
    await virtually(() => {
      for (let i = 0; i < 1000; i++) {
        expect(crypto.randomInt(3, 6)).to.be.within(3, 5);
        expect(Math.random()).to.be.within(0, 1).and.below(1);
      }
      expect(randomUUID()).to.match(
        /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/,
      );
      const seen = new Set(crypto.randomBytes(10_000));
      expect(seen.size).to.equal(256);
    });
  });

  it("makes UUIDs of version 7 from the virtual time, where Node has them", async function () {
    const { randomUUIDv7 } = crypto as { randomUUIDv7?: () => string };
    if (randomUUIDv7 === undefined) this.skip();
    const { value } = await virtually(() =>
      (crypto as never as { randomUUIDv7(): string }).randomUUIDv7(),
    );
    const ms = Date.UTC(2000).toString(16).padStart(12, "0");
    expect(value).to.match(new RegExp(`^${ms.slice(0, 8)}-${ms.slice(8)}-7[\\da-f]{3}-[89ab]`));
  });

  it("fills no more than it is asked to, in elements", async () => {
    await virtually(() => {
      const bytes = crypto.randomFillSync(new Uint8Array(64), 16, 16);
      const touched = Array.from(bytes, (byte, i) => (byte === 0 ? -1 : i)).filter((i) => i >= 0);
      expect(touched[0]).to.be.within(16, 31);
      expect(touched.at(-1)).to.be.within(16, 31);
      const words = crypto.randomFillSync(new Uint32Array(16), 8);
      expect(words.subarray(0, 8).every((word) => word === 0)).to.equal(true);
      expect(words.subarray(8).some((word) => word > 0xffff)).to.equal(true);
    });
  });

  it("calls back in a later macrotask", async () => {
    const seen: string[] = [];
    await virtually(() => {
      crypto.randomBytes(1, () => seen.push("bytes"));
      crypto.randomInt(5, () => seen.push("int"));
      crypto.randomFill(Buffer.alloc(1), () => seen.push("filled"));
      process.nextTick(() => seen.push("tick"));
    });
    expect(seen).to.deep.equal(["tick", "bytes", "int", "filled"]);
  });

  const refused: Record<string, () => unknown> = {
    "randomBytes(-1)": () => crypto.randomBytes(-1),
    "randomBytes with no callback": () => crypto.randomBytes(1, 5 as never),
    "randomFillSync beyond the end": () => crypto.randomFillSync(Buffer.alloc(2), 1, 5),
    "randomFill with no callback": () => crypto.randomFill(Buffer.alloc(2), 5 as never),
    "randomInt of a text": () => crypto.randomInt("5" as never),
    "randomInt of an empty range": () => crypto.randomInt(5, 5),
    "getRandomValues of what is no view": () => globalThis.crypto.getRandomValues([] as never),
    "randomUUID with options that are none": () => randomUUID(5 as never),
  };
  for (const [what, call] of Object.entries(refused)) {
    it(`refuses ${what} as Node does`, async () => {
      const failure = (): unknown => {
        try {
          return call();
        } catch (error) {
          return String(error);
        }
      };
      const real = failure();
      expect(real).to.be.a("string");
      expect((await virtually(failure)).value).to.equal(real);
    });
  }
});
