import { expect } from "chai";
import { BadOptionError, type BackoffOptions, backoffPolicy } from "skein";

const delays = (options: BackoffOptions, count: number): number[] =>
  Array.from({ length: count }, (_, retry) => retry).map(backoffPolicy(options));

describe("a backoff policy", () => {
  it("begins with the initial delay, and grows up to the longest", () => {
    expect(delays({}, 4)).to.deep.equal([1, 1.5, 2.25, 3.375]);
    expect(delays({}, 100).at(-1)).to.equal(60);
    expect(delays({ initial: 2, factor: 10, max: 30 }, 4)).to.deep.equal([2, 20, 30, 30]);
    expect(backoffPolicy()(1e6)).to.equal(60);
  });

  it("leaves up to the jitter away", () => {
    const all = delays({ jitter: 0.5, factor: 1, seed: 7 }, 1000);
    expect(Math.min(...all)).to.be.within(0.5, 0.55);
    expect(Math.max(...all)).to.be.within(0.95, 1);
  });

  it("has the same delays for the same seed, others for another", () => {
    const jitter = 0.3;
    expect(delays({ jitter, seed: "a" }, 9)).to.deep.equal(delays({ jitter, seed: "a" }, 9));
    expect(delays({ jitter, seed: "a" }, 9)).not.to.deep.equal(delays({ jitter, seed: "b" }, 9));
  });

  it("takes its chance from where it is told to", () => {
    expect(delays({ jitter: 0.5, random: () => 0.5 }, 2)).to.deep.equal([0.75, 1.125]);
  });

  const bad: [BackoffOptions, string][] = [
    [{ jitter: 0.1 }, "jitter needs a seed, or a random function"],
    [{ jitter: 1.1, seed: 1 }, "a backoff's jitter must be from 0 to 1, not 1.1"],
    [{ factor: 0.9 }, "a backoff's factor must be 1 or more, not 0.9"],
    [{ initial: 0 }, "a backoff goes from initial, over 0, to max seconds, not from 0 to 60"],
    [{ initial: 61 }, "a backoff goes from initial, over 0, to max seconds, not from 61 to 60"],
    [
      { max: Infinity },
      "a backoff goes from initial, over 0, to max seconds, not from 1 to Infinity",
    ],
  ];
  for (const [options, message] of bad) {
    it(`is refused: ${message}`, () => {
      expect(() => backoffPolicy(options))
        .to.throw(BadOptionError)
        .with.property("message", message);
    });
  }
});
