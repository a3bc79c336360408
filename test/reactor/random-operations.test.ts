import { expect } from "chai";
import { onClock } from "../support/places.ts";
import { rampage, unharmed } from "../support/rampage.ts";

const LOTS = [1, 2, 3, 4, 5, 6];
const SEEDS_OF_A_LOT = 40;

describe("random operations on connections", () => {
  for (const lot of LOTS) {
    it(`break no law, and leave nothing behind (lot ${lot})`, async () => {
      for (let seed = lot * 1000; seed < lot * 1000 + SEEDS_OF_A_LOT; seed++) {
        const { harm } = await rampage(onClock(), seed);
        expect(harm, `with the seed ${seed}`).to.deep.equal(unharmed);
      }
    });
  }

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
