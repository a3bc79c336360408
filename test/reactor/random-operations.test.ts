import { expect } from "chai";
import { createReactor } from "skein/reactor";
import { certificates } from "../support/certificates.ts";
import { type Place, rampage, type Streams } from "../support/rampage.ts";

const SEEDS = Number(process.env["SEEDS"] ?? 40);
const FIRST = Number(process.env["FIRST"] ?? 0);

function onClock(): Place {
  const { server, trustRoot, simulated } = certificates();
  return {
    open: (onError, random) =>
      createReactor("clock", {
        onError,
        certificates: simulated,
        latency: random.chance(0.5) ? 0 : random.below(20) / 1000,
      }) as unknown as Streams,
    pass: (reactor, seconds) =>
      (reactor as unknown as { advance(s: number): Promise<void> }).advance(seconds),
    certificate: server,
    trustRoot,
    name: (number) => `\0wild-${number}`,
  };
}

describe("random operations", () => {
  for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
    it(`seed ${seed}`, async () => {
      const { broken, left, unexpected, log } = await rampage(onClock(), seed);
      if (broken.length + left.length + unexpected.length > 0 && process.env["LOG"])
        console.log(log.join("\n"));
      expect({ broken, left, unexpected }).to.deep.equal({ broken: [], left: [], unexpected: [] });
    });
  }
});
