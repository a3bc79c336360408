import { expect } from "chai";
import { onClock, onLibuv } from "../support/places.ts";
import { rampage, rampages } from "../support/rampage.ts";

const LOTS = [1, 2, 3, 4, 5, 6];
const SEEDS_OF_A_LOT = 40;

describe("random operations on connections", () => {
  for (const lot of LOTS) {
    it(`break no law, and leave nothing behind (lot ${lot})`, async () => {
      const harmful = await rampages(onClock, lot * 1000, SEEDS_OF_A_LOT);
      expect([...harmful]).to.deep.equal([]);
    });
  }

  it("break no law on real sockets, and leave nothing behind", async () => {
    const harmful = await rampages(onLibuv, 7000, 60, 30);
    expect([...harmful]).to.deep.equal([]);
  });

  it("go the same way with the same seed", async () => {
    const [first, second, other] = [
      await rampage(onClock(), 42),
      await rampage(onClock(), 42),
      await rampage(onClock(), 43),
    ];
    expect(first.log).to.have.lengthOf.above(50);
    expect(second.log).to.deep.equal(first.log);
    expect(other.log).to.not.deep.equal(first.log);
  });
});
