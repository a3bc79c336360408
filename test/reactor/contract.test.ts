import { expect } from "chai";
import { backends, type ClockOptions } from "skein/reactor";
import { contractFor } from "skein/testing";
import sockets from "../fixtures/backends/sockets.ts";
import { certificates } from "../support/certificates.ts";
import { frameLoop } from "../fixtures/frame-loop.ts";
import { trivial } from "../fixtures/trivial-backend.ts";

/** Short streams, and the ends of long ones, byte by byte: millions of bytes would take hours. */
const lastBytesOneByOne = (waiting: number): number => (waiting > 256 ? waiting - 256 : 1);

/** Networks on which nothing else may happen than on the sockets of this machine. */
const NETWORKS: Readonly<Record<string, ClockOptions>> = {
  "as it comes": {},
  "with latency": { latency: 0.002 },
  "byte by byte": { segments: lastBytesOneByOne },
  "in pieces of 1000 bytes": { segments: 1000, latency: 0.001 },
  "cut by chance, at its own pace": {
    seed: 7,
    segments: "seeded",
    latency: [0.0005, 0.003],
    bandwidth: 1e8,
  },
  "with small buffers": { receiveBufferBytes: 20_000, sendBufferBytes: 5000 },
  "with large buffers, cut by chance": {
    seed: 8,
    segments: "seeded",
    receiveBufferBytes: 500_000,
    sendBufferBytes: 2_000_000,
    bandwidth: 1e9,
  },
};

describe("the contract", function () {
  // For what hangs: some cases move millions of bytes in small pieces.
  this.timeout(40_000);
  const given = certificates();
  const simulated = { certificates: given.simulated };
  const { libuv, timer } = backends;

  for (const backend of [libuv, timer, trivial, sockets, frameLoop]) {
    describe(`on ${backend.name}`, () => {
      for (const { name, run } of contractFor(backend, {}, given)) it(name, run);
    });
  }

  const logs = new Map<string, Promise<readonly string[]>>();
  const onLibuv = new Map(
    contractFor(backends.libuv, {}, given).map(({ name, run }) => [name, run]),
  );
  /** What is seen on libuv, which takes real time: looked at once. */
  const logOnLibuv = (name: string): Promise<readonly string[]> | undefined => {
    const log = logs.get(name) ?? onLibuv.get(name)?.();
    if (log !== undefined) logs.set(name, log);
    return log;
  };

  for (const [network, options] of Object.entries(NETWORKS)) {
    describe(`gives the same log on libuv and on clock, ${network}`, () => {
      for (const { name, run } of contractFor(
        backends.clock,
        { ...simulated, ...options },
        given,
      )) {
        it(name, async () => {
          expect(await run()).to.deep.equal(await logOnLibuv(name));
        });
      }
    });
  }
});
