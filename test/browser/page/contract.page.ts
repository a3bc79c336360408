import { backends } from "skein/reactor";
import { contractFor } from "skein/testing";

describe("the contract, in a page", () => {
  describe("on timer", () => {
    for (const { name, run } of contractFor(backends.timer)) it(name, run);
  });
  describe("on clock", () => {
    for (const { name, run } of contractFor(backends.clock)) it(name, run);
  });
});
