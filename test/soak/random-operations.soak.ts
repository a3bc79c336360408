/** More of the random operations of `npm test`, with new seeds each day, or from SOAK_SEED on. */
import { expect } from "chai";
import { onClock, onLibuv } from "../support/places.ts";
import { rampages } from "../support/rampage.ts";

const DAY_MS = 86_400_000;
const first = Number(process.env["SOAK_SEED"] ?? Math.floor(Date.now() / DAY_MS) * 100_000);

describe(`random operations on connections, from the seed ${first} on`, () => {
  it("break no law on clock", async () => {
    expect([...(await rampages(onClock, first, 1500))]).to.deep.equal([]);
  });

  it("break no law on libuv", async () => {
    expect([...(await rampages(onLibuv, first, 800, 16))]).to.deep.equal([]);
  });
});
