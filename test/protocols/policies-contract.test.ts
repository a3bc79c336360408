/** The laws of transports hold through any stack of policies. */
import { expect } from "chai";
import {
  AccessFactory,
  LimitConnectionsByPeer,
  LimitTotalConnectionsFactory,
  ProtocolWrapper,
  type StreamProtocol,
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

/** With a wrapper that changes nothing. */
class InWrapper extends WrappingFactory {
  protected override wrap(protocol: StreamProtocol): ProtocolWrapper {
    return new ProtocolWrapper(protocol);
  }
}

const STACKS: Readonly<Record<string, Wrap>> = {
  wrappers: (_loop, factory) => new InWrapper(new InWrapper(factory)),
  "a traffic log": (_loop, factory) => new TrafficLoggingFactory(factory),
  throttling: throttled,
  timeouts: (loop, factory) => new TimeoutFactory(loop, factory, { idle: 1e4, lifetime: 1e5 }),
  "one of each": (loop, factory) =>
    new AccessFactory(
      new LimitTotalConnectionsFactory(
        new LimitConnectionsByPeer(
          new TrafficLoggingFactory(
            throttled(loop, new TimeoutFactory(loop, new InWrapper(factory), { idle: Infinity })),
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
  const runs = new Map(
    contractFor(backends.clock, options, given).map(({ name, run }) => [name, run]),
  );
  const logs = new Map<string, Promise<readonly string[]> | undefined>();
  /** What is seen without policies: looked at once. */
  const plain = (name: string): Promise<readonly string[]> | undefined => {
    if (!logs.has(name)) logs.set(name, runs.get(name)?.());
    return logs.get(name);
  };

  for (const [stack, wrap] of Object.entries(STACKS)) {
    describe(stack, () => {
      const cases = contractFor(wrappedClock(stack, wrap), options, given);
      for (const { name, run } of cases) {
        if (stack === "timeouts" && LISTING.test(name)) continue;
        it(name, async () => {
          expect(await run()).to.deep.equal(await plain(name));
        });
      }
    });
  }
});
