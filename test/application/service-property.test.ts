import { expect } from "chai";
import { Deferred, onUnhandledFailure } from "skein/defer";
import { MultiService, Service } from "skein";
import { SeededRandom } from "../../src/core/random.ts";

const SEEDS = 600;
const STEPS = 30;

/** A service whose hooks throw, fire, wait, and are cancelled, by chance. */
class Wild extends Service {
  /** Whether it has started, as its hooks see it. */
  up = false;
  readonly faults: string[] = [];
  readonly waiting: Deferred<void>[] = [];
  readonly #random: SeededRandom;

  constructor(random: SeededRandom) {
    super({ name: "wild" });
    this.#random = random;
  }

  protected override start(): Deferred<void> | undefined {
    if (this.up) this.faults.push("was started twice");
    if (this.#random.chance(0.2)) throw new Error("no start");
    this.up = true;
    if (this.#random.chance(0.4)) return undefined;
    const started = new Deferred<void>(() => {
      if (this.#random.chance(0.3)) started.callback();
    });
    this.waiting.push(started);
    return started.addErrback((failure) => {
      this.up = false;
      return failure;
    });
  }

  protected override stop(): Deferred<void> | undefined {
    if (!this.up) this.faults.push("was stopped without a start");
    this.up = false;
    if (this.#random.chance(0.2)) throw new Error("no stop");
    if (this.#random.chance(0.4)) return undefined;
    const stopped = new Deferred<void>();
    this.waiting.push(stopped);
    return stopped;
  }

  /** Ends a hook that goes on. */
  proceed(): void {
    const next = this.waiting.shift();
    if (next === undefined || next.called) return;
    if (this.#random.chance(0.3)) next.errback(new Error("in the end not"));
    else next.callback();
  }
}

describe("services that are started, stopped, moved and cancelled by chance", () => {
  let forget: () => void;
  // Failures that nobody waits for are to be expected here.
  before(() => (forget = onUnhandledFailure(() => {})));
  after(async () => {
    await new Promise((resolve) => setImmediate(resolve));
    forget();
  });

  it("are started and stopped in turn, and in the end stopped", () => {
    let starts = 0;
    for (let seed = 0; seed < SEEDS; seed++) {
      const random = new SeededRandom(seed);
      const top = new MultiService({ name: "top" });
      const wild = new Wild(random.split("hooks"));
      wild.onStateChange(({ state }) => (starts += state === "running" ? 1 : 0));
      void top.addService(wild);
      const asked: Deferred<unknown>[] = [];
      const ask = (deferred: Deferred<void>): void =>
        void asked.push(deferred.addErrback(() => {}));
      for (let step = 0; step < STEPS; step++) {
        const service = random.chance(0.5) ? top : wild;
        const what = random.below(10);
        if (what < 3) ask(service.startService());
        else if (what < 5) ask(service.stopService());
        else if (what < 8) wild.proceed();
        else if (what < 9) asked[random.below(asked.length + 1)]?.cancel();
        else ask(wild.parent ? wild.disownServiceParent() : wild.setServiceParent(top));
      }
      ask(top.stopService());
      ask(wild.stopService());
      while (wild.waiting.length > 0) wild.proceed();
      expect(
        { up: wild.up, faults: wild.faults, states: [top.state, wild.state] },
        `seed ${seed}`,
      ).to.deep.equal({ up: false, faults: [], states: ["stopped", "stopped"] });
      let told = 0;
      for (const deferred of asked) deferred.addBoth(() => told++);
      expect(told, `seed ${seed}: who was told`).to.equal(asked.length);
    }
    expect(starts).to.be.greaterThan(SEEDS);
  });
});
