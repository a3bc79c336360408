/** More of the random operations of `npm test`, with new seeds each day. */
import { expect } from "chai";
import { onClock } from "../support/places.ts";
import { type Place, rampage, unharmed } from "../support/rampage.ts";

const DAY_MS = 86_400_000;
const first = Number(process.env["SOAK_SEED"] ?? Math.floor(Date.now() / DAY_MS) * 100_000);

async function rampages(place: Place, count: number): Promise<void> {
  for (let seed = first; seed < first + count; seed++) {
    const { harm } = await rampage(place, seed);
    expect(harm, `with SOAK_SEED=${seed}`).to.deep.equal(unharmed);
  }
}

describe(`random operations on connections, from the seed ${first} on`, () => {
  it("break no law on clock", () => rampages(onClock(), 1500));
});
