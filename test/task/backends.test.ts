import { expect } from "chai";
import { inlineCallbacks } from "skein/defer";
import { createReactor, type Reactor } from "skein/reactor";
import { Cooperator, deferLater, ExitError, react } from "skein/task";

/** A program of all that skein/task has; what it logs must not depend on real time. */
function program(log: string[]) {
  return inlineCallbacks(function* (reactor: Reactor) {
    const cooperator = new Cooperator(reactor, { sliceSeconds: Infinity, sliceStepsMax: 3 });
    function* counted(name: string, steps: number) {
      for (let i = 0; i < steps; i++) {
        log.push(`${name}${i}`);
        yield i === 1 ? deferLater(reactor, name === "a" ? 0.002 : 0.2) : undefined;
      }
    }
    const tasks = ["a", "b"].map((name) => cooperator.cooperate(counted(name, 4)));
    for (const task of tasks) yield task.whenDone();
    yield Promise.resolve();
    log.push("done");
    throw new ExitError(3);
  });
}

describe("a program of tasks", () => {
  const expected = ["a0", "b0", "a1", "b1", "a2", "a3", "b2", "b3", "done"];
  for (const backend of ["libuv", "timer", "clock"] as const) {
    it(`does the same on ${backend}`, async () => {
      const log: string[] = [];
      const reactor: Reactor = createReactor(backend);
      expect(await react(program(log), { reactor })).to.equal(3);
      expect(log).to.deep.equal(expected);
    });
  }

  it("works side by side with others on one clock, a long one not starving it", async () => {
    const reactor = createReactor("clock");
    const cooperator = new Cooperator(reactor);
    let steps = 0;
    const endless = cooperator.cooperate(
      (function* () {
        for (;;) yield void steps++;
      })(),
    );
    // It waits for a turn at the same time, again and again, between the endless one's slices.
    const main = async (): Promise<void> => {
      for (let i = 0; i < 5; i++) await deferLater(reactor, 0);
      endless.stop();
    };
    expect(await react(main, { reactor })).to.equal(0);
    expect(steps).to.be.within(3000, 6000);
  });
});
