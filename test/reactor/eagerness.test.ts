import { expect } from "chai";
import { Eagerness } from "../../src/reactor/backends/libuv/eagerness.ts";

/** One wait after another, each over after so many milliseconds. */
class Waits {
  #now = 0;
  readonly eagerness: Eagerness = new Eagerness(() => this.#now);

  /** Whether it stayed awake for that. */
  wait(milliseconds: number): boolean {
    const { pays } = this.eagerness;
    this.eagerness.begin();
    this.#now += milliseconds;
    this.eagerness.came();
    return pays;
  }

  /** After how many waits of so many milliseconds each it stays awake again. */
  until(milliseconds: number): number {
    for (let n = 1; n < 10_000; n++) if (this.wait(milliseconds)) return n;
    return Infinity;
  }
}

describe("staying awake for what comes soon", () => {
  it("begins when something has come soon, though somebody had to be woken", () => {
    const waits = new Waits();
    expect(waits.wait(0.4)).to.equal(false);
    expect(waits.wait(0.01)).to.equal(true);
  });

  it("goes on while things come within a moment", () => {
    const waits = new Waits();
    waits.wait(0.01);
    for (let n = 0; n < 1000; n++) expect(waits.wait(0.1)).to.equal(true);
  });

  it("does not begin for what takes long", () => {
    expect(new Waits().until(1)).to.equal(Infinity);
  });

  it("lasts for a moment at most", () => {
    let now = 0;
    const eagerness = new Eagerness(() => now);
    now = 7;
    eagerness.begin();
    expect(eagerness.inTime).to.equal(true);
    now += 0.1;
    expect(eagerness.inTime).to.equal(true);
    now += 0.1;
    expect(eagerness.inTime).to.equal(false);
  });

  it("is tried more and more seldom when it is in vain", () => {
    const waits = new Waits();
    const tries = Array.from({ length: 12 }, () => waits.until(0.3));
    expect(tries).to.deep.equal([2, 5, 9, 17, 33, 65, 129, 257, 257, 257, 257, 257]);
  });

  it("recovers when it has been of use for long", () => {
    const waits = new Waits();
    for (let n = 0; n < 12; n++) waits.until(0.3);
    waits.until(0.01);
    for (let n = 0; n < 100; n++) waits.wait(0.01);
    expect(waits.wait(0.3)).to.equal(true);
    expect(waits.until(0.01)).to.equal(5);
  });

  it("begins soon again after a wait that was very long", () => {
    const waits = new Waits();
    waits.wait(0.01);
    waits.wait(60_000);
    expect(waits.until(0.01)).to.equal(5);
  });
});
