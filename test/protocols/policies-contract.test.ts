/** The laws of transports hold through any stack of policies. */
import { expect } from "chai";
import {
  AccessFactory,
  LimitConnectionsByPeer,
  LimitTotalConnectionsFactory,
  ThrottlingFactory,
  TimeoutFactory,
  TrafficLoggingFactory,
  WrappingFactory,
} from "skein/protocols";
import { backends } from "skein/reactor";
import { contractFor } from "skein/testing";
import { certificates } from "../support/certificates.ts";
import { type Wrap, wrappedClock } from "../support/wrapped-backend.ts";

/** No case moves so much that these are felt. */
const RATE = 1e10;

const throttled: Wrap = (loop, factory) =>
  new ThrottlingFactory(loop, factory, {
    total: { read: RATE, write: RATE },
    each: { read: RATE, write: RATE },
  });

const STACKS: Readonly<Record<string, Wrap>> = {
  "a wrapper": (_loop, factory) => new WrappingFactory(factory),
  "three wrappers": (_loop, factory) =>
    new WrappingFactory(new WrappingFactory(new WrappingFactory(factory))),
  "a traffic log": (_loop, factory) => new TrafficLoggingFactory(factory),
  throttling: throttled,
  "throttling in throttling": (loop, factory) => throttled(loop, throttled(loop, factory)),
  timeouts: (loop, factory) => new TimeoutFactory(loop, factory, { idle: 1e4, lifetime: 1e5 }),
  "one of each": (loop, factory) =>
    new AccessFactory(
      new LimitTotalConnectionsFactory(
        new LimitConnectionsByPeer(
          new TrafficLoggingFactory(
            throttled(
              loop,
              new TimeoutFactory(loop, new WrappingFactory(factory), { idle: Infinity }),
            ),
          ),
          1000,
        ),
        1000,
      ),
      () => true,
    ),
};

/** Cases that list delayed calls, among which those of timeouts would be. */
const LISTING = /^faults|no delayed call|there is no deadline/;

describe("the contract, through policies", () => {
  const given = certificates();
  const options = { certificates: given.simulated };
  const plain = new Map(
    contractFor(backends.clock, options, given).map(({ name, run }) => [name, run]),
  );

  for (const [stack, wrap] of Object.entries(STACKS)) {
    describe(stack, () => {
      const cases = contractFor(wrappedClock(stack, wrap), options, given);
      for (const { name, run } of cases) {
        if (stack === "timeouts" && LISTING.test(name)) continue;
        it(name, async () => {
          expect(await run()).to.deep.equal(await plain.get(name)?.());
        });
      }
    });
  }
});
