import { expect } from "chai";
import { backends } from "skein/reactor";
import { contractFor } from "skein/testing";
import sockets from "../fixtures/backends/sockets.ts";
import { frameLoop } from "../fixtures/frame-loop.ts";
import { trivial } from "../fixtures/trivial-backend.ts";

describe("the contract", () => {
  const { libuv, timer, clock } = backends;
  for (const backend of [libuv, timer, clock, trivial, sockets, frameLoop]) {
    describe(`on ${backend.name}`, () => {
      for (const { name, run } of contractFor(backend)) it(name, run);
    });
  }

  describe("on clock, with latency", () => {
    for (const { name, run } of contractFor(backends.clock, { latency: 0.002 })) it(name, run);
  });

  describe("gives the same log on libuv and on clock", () => {
    const virtual = new Map(contractFor(backends.clock).map(({ name, run }) => [name, run]));
    for (const { name, run } of contractFor(backends.libuv)) {
      it(name, async () => {
        expect(await virtual.get(name)?.()).to.deep.equal(await run());
      });
    }
  });
});
