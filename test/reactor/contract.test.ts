import { expect } from "chai";
import { backends } from "skein/reactor";
import { contractFor } from "skein/testing";
import sockets from "../fixtures/backends/sockets.ts";
import { certificates } from "../support/certificates.ts";
import { frameLoop } from "../fixtures/frame-loop.ts";
import { trivial } from "../fixtures/trivial-backend.ts";

describe("the contract", () => {
  const given = certificates();
  const simulated = { certificates: given.simulated };
  const { libuv, timer, clock } = backends;

  for (const backend of [libuv, timer, clock, trivial, sockets, frameLoop]) {
    describe(`on ${backend.name}`, () => {
      const options = backend === backends.clock ? simulated : {};
      for (const { name, run } of contractFor(backend, options, given)) it(name, run);
    });
  }

  describe("on clock, with latency", () => {
    const options = { ...simulated, latency: 0.002 };
    for (const { name, run } of contractFor(backends.clock, options, given)) it(name, run);
  });

  describe("gives the same log on libuv and on clock", () => {
    const virtual = new Map(
      contractFor(backends.clock, simulated, given).map(({ name, run }) => [name, run]),
    );
    for (const { name, run } of contractFor(backends.libuv, {}, given)) {
      it(name, async () => {
        expect(await virtual.get(name)?.()).to.deep.equal(await run());
      });
    }
  });
});
