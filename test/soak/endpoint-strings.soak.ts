import { expect } from "chai";
import fc from "fast-check";
import { endpointStrings, readAll } from "../support/endpoint-strings.ts";

describe("100,000 endpoint strings", () => {
  it("are read, or refused with the place of what is wrong, and never anything else", () => {
    let taken = 0;
    fc.assert(
      fc.property(endpointStrings, (string) => {
        taken += readAll(string);
      }),
      { numRuns: 100_000 },
    );
    expect(taken, "some of them are good").to.be.above(500);
  });
});
