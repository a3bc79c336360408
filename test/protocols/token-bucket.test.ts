import { expect } from "chai";
import fc from "fast-check";
import { TokenBucket } from "skein/protocols";

class Hand {
  now = 0;
  seconds(): number {
    return this.now;
  }
}

describe("TokenBucket", () => {
  it("gives what has dripped in, and no more than gathers", () => {
    const clock = new Hand();
    const bucket = new TokenBucket(clock, { rate: 10, burst: 20 });
    expect(bucket.take(20)).to.equal(true);
    expect(bucket.take(1)).to.equal(false);
    clock.now = 1.5;
    expect(bucket.available).to.equal(15);
    expect(bucket.take(16)).to.equal(false);
    expect(bucket.take(15)).to.equal(true);
    clock.now = 100;
    expect(bucket.available).to.equal(20);
    expect(bucket.most).to.equal(20);
  });

  it("serves those who reserve in their order, and lets nobody overtake", () => {
    const clock = new Hand();
    const bucket = new TokenBucket(clock, { rate: 10 });
    expect(bucket.reserve(10)).to.equal(0);
    expect(bucket.reserve(5)).to.equal(0.5);
    expect(bucket.reserve(30)).to.equal(3.5);
    clock.now = 1;
    expect(bucket.take(1)).to.equal(false);
    expect(bucket.reserve(1)).to.be.closeTo(2.6, 1e-9);
  });

  it("takes back what is not wanted", () => {
    const bucket = new TokenBucket(new Hand(), { rate: 10 });
    bucket.reserve(30);
    bucket.giveBack(25);
    expect(bucket.available).to.equal(5);
    bucket.giveBack(100);
    expect(bucket.available).to.equal(10);
  });

  it("takes from all above it as well, and has no more than they have", () => {
    const clock = new Hand();
    const all = new TokenBucket(clock, { rate: 10 });
    const [one, other] = [0, 1].map(() => new TokenBucket(clock, { rate: 8, parent: all }));
    expect(one?.take(8)).to.equal(true);
    expect(other?.available).to.equal(2);
    expect(other?.take(3)).to.equal(false);
    expect(all.available).to.equal(2);
    expect(other?.reserve(7)).to.equal(0.5);
    other?.giveBack(7);
    expect(all.available).to.equal(2);
    expect(one?.most).to.equal(8);
    expect(new TokenBucket(clock, { rate: 50, parent: all }).most).to.equal(10);
  });

  it("never gives more than the rate and one burst, whoever asks when", () => {
    const step = fc.record({
      wait: fc.double({ min: 0, max: 3, noNaN: true }),
      child: fc.nat(2),
      tokens: fc.integer({ min: 1, max: 30 }),
    });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const clock = new Hand();
        const all = new TokenBucket(clock, { rate: 10, burst: 15 });
        const children = [5, 7, 9].map((rate) => new TokenBucket(clock, { rate, parent: all }));
        const taken = [0, 0, 0];
        for (const { wait, child, tokens } of steps) {
          clock.now += wait;
          if (children[child]?.take(tokens) === true) taken[child] = (taken[child] ?? 0) + tokens;
          const sum = taken.reduce((a, b) => a + b);
          expect(sum).to.be.at.most(15 + 10 * clock.now + 1e-6);
          taken.forEach((tokensTaken, i) => {
            const rate = [5, 7, 9][i] as number;
            expect(tokensTaken).to.be.at.most(rate + rate * clock.now + 1e-6);
          });
        }
      }),
    );
  });

  it("refuses rates and bursts that are none", () => {
    for (const options of [
      { rate: 0 },
      { rate: Infinity },
      { rate: Number.NaN },
      { rate: 1, burst: 0 },
    ]) {
      expect(() => new TokenBucket(new Hand(), options)).to.throw("over 0 and finite");
    }
  });
});
