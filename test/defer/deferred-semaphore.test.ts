import { expect } from "chai";
import {
  Acquirable,
  CancelledError,
  Deferred,
  DeferredSemaphore,
  NotAcquiredError,
  SkeinError,
} from "skein/defer";
import { errorOf, watch } from "../support/outcomes.ts";

describe("DeferredSemaphore", () => {
  it("lets so many have it at a time", () => {
    const semaphore = new DeferredSemaphore(2);
    expect(semaphore).to.be.instanceOf(Acquirable);
    const outcomes = [1, 2, 3].map(() => watch(semaphore.acquire()));
    expect(outcomes).to.deep.equal([[semaphore], [semaphore], []]);
    expect([semaphore.limit, semaphore.tokens, semaphore.waiting]).to.deep.equal([2, 0, 1]);
    semaphore.release();
    expect(outcomes[2]).to.deep.equal([semaphore]);
    expect(semaphore.tokens).to.equal(0);
    semaphore.release();
    semaphore.release();
    expect(semaphore.tokens).to.equal(2);
  });

  it("throws NotAcquiredError when it is released more often than it was acquired", () => {
    const semaphore = new DeferredSemaphore(2);
    watch(semaphore.acquire());
    semaphore.release();
    expect(() => semaphore.release()).to.throw(NotAcquiredError);
    expect(semaphore.tokens).to.equal(2);
  });

  it("has a whole number of tokens, 1 or more", () => {
    for (const tokens of [0, -1, 1.5, Number.NaN, Infinity]) {
      expect(() => new DeferredSemaphore(tokens))
        .to.throw(SkeinError, String(tokens))
        .with.property("code", "ERR_BAD_OPTION");
    }
    expect(new DeferredSemaphore(1).tokens).to.equal(1);
  });

  it("26: a cancelled waiter leaves the queue", () => {
    const semaphore = new DeferredSemaphore(1);
    watch(semaphore.acquire());
    const first = semaphore.acquire();
    const second = watch(semaphore.acquire());
    first.cancel();
    expect(errorOf(first)).to.be.instanceOf(CancelledError);
    semaphore.release();
    expect([semaphore.waiting, second]).to.deep.equal([0, [semaphore]]);
  });

  it("26: run() keeps so many under way", () => {
    const semaphore = new DeferredSemaphore(2);
    const requests = ["a", "b", "c", "d"].map((name) => ({ name, answer: new Deferred<string>() }));
    const begun: string[] = [];
    const outcomes = requests.map(({ name, answer }) =>
      watch(
        semaphore.run(() => {
          begun.push(name);
          return answer;
        }),
      ),
    );
    expect(begun).to.deep.equal(["a", "b"]);
    requests[1]?.answer.callback("from b");
    expect(begun).to.deep.equal(["a", "b", "c"]);
    requests[0]?.answer.errback("planted");
    expect(begun).to.deep.equal(["a", "b", "c", "d"]);
    expect(outcomes).to.deep.equal([[{ failed: "planted" }], ["from b"], [], []]);
    requests[2]?.answer.callback("from c");
    requests[3]?.answer.callback("from d");
    expect(semaphore.tokens).to.equal(2);
  });

  it("has one order for all that goes on inside a waiter's callback", () => {
    const semaphore = new DeferredSemaphore(2);
    const log: string[] = [];
    const [a, b] = [new Deferred<void>(), new Deferred<void>()];
    semaphore.run(() => a).addCallback(() => log.push("a done"));
    semaphore.run(() => b).addCallback(() => log.push("b done"));
    semaphore.acquire().addCallback(() => {
      log.push("c in");
      semaphore.release();
      semaphore.run(() => log.push("nested f")).addCallback(() => log.push("nested done"));
      log.push("c out");
    });
    semaphore.run(() => log.push("d")).addCallback(() => log.push("d done"));
    b.callback();
    a.callback();
    const inside = ["c in", "d", "d done", "nested f", "nested done", "c out"];
    expect(log).to.deep.equal([...inside, "b done", "a done"]);
    expect(semaphore.tokens).to.equal(2);
  });
});
