import { expect } from "chai";
import { CancelledError, Deferred, TimeoutError } from "skein/defer";
import {
  type backends,
  BadOptionError,
  CachingResolver,
  type CachingOptions,
  createReactor,
  type NameResolver,
  type ReactorOn,
  type ResolvedAddress,
  type ResolveOptions,
  UnknownHostError,
} from "skein/reactor";
import { errorOf, type Failed, watch } from "../support/outcomes.ts";

/** Answers when it is told to. */
class Asked implements NameResolver {
  readonly questions: string[] = [];
  readonly open: Deferred<readonly ResolvedAddress[]>[] = [];
  cancelled = 0;

  resolve(host: string, { family }: ResolveOptions = {}): Deferred<readonly ResolvedAddress[]> {
    this.questions.push(`${host}${family === undefined ? "" : ` ${family}`}`);
    const answer = new Deferred<readonly ResolvedAddress[]>(() => {
      this.cancelled++;
    });
    this.open.push(answer);
    return answer;
  }

  answer(...ttls: (number | undefined)[]): void {
    this.open
      .shift()
      ?.callback(ttls.map((ttl, i) => ({ address: `10.0.0.${i + 1}`, family: 4, ttl })));
  }

  fail(error: Error): void {
    this.open.shift()?.errback(error);
  }
}

describe("CachingResolver", () => {
  let reactor: ReactorOn<typeof backends.clock>;
  let asked: Asked;
  let cache: CachingResolver;
  const make = (options?: CachingOptions): CachingResolver =>
    (cache = new CachingResolver(reactor, asked, options));
  const look = (host: string, options?: ResolveOptions): unknown[] =>
    watch(
      cache
        .resolve(host, options)
        .addCallback((found) => found.map(({ address, ttl }) => `${address}/${ttl}`).join(" ")),
    );
  const failed = ([outcome]: unknown[]): unknown => (outcome as Failed).failed;

  beforeEach(() => {
    reactor = createReactor("clock");
    asked = new Asked();
    make();
  });

  it("keeps an answer for the least of its TTLs, by the reactor's clock", async () => {
    const first = look("tea");
    asked.answer(30, 20);
    expect(first).to.deep.equal(["10.0.0.1/30 10.0.0.2/20"]);
    await reactor.advance(19.5);
    expect(look("tea")).to.deep.equal(["10.0.0.1/0.5 10.0.0.2/0.5"]);
    expect(asked.questions).to.deep.equal(["tea"]);
    await reactor.advance(0.5);
    expect(look("tea")).to.deep.equal([]);
    expect(asked.questions).to.deep.equal(["tea", "tea"]);
  });

  it("does not keep what has a TTL of 0, or none", () => {
    for (const ttl of [0, undefined]) {
      look("tea");
      asked.answer(50, ttl);
    }
    look("tea");
    expect(asked.questions).to.have.lengthOf(3);
  });

  it("keeps what has no TTL for ttlDefault, and nothing for longer than ttlMax", async () => {
    make({ ttlDefault: 5, ttlMax: 10 });
    look("tea");
    look("milk");
    asked.answer(undefined);
    asked.answer(1e9);
    expect(look("tea")).to.deep.equal(["10.0.0.1/5"]);
    expect(look("milk")).to.deep.equal(["10.0.0.1/10"]);
    await reactor.advance(5);
    expect(look("tea")).to.deep.equal([]);
    expect(look("milk")).to.deep.equal(["10.0.0.1/5"]);
  });

  it("asks once for all that wait for the same", () => {
    const waiting = [look("tea"), look("TEA."), look("tea")];
    look("tea", { family: 6 });
    expect(asked.questions).to.deep.equal(["tea", "tea 6"]);
    asked.answer(9);
    expect(waiting).to.deep.equal([["10.0.0.1/9"], ["10.0.0.1/9"], ["10.0.0.1/9"]]);
  });

  it("lets one give up without disturbing the others, and gives up when all have", () => {
    const [one, two, three] = [cache.resolve("tea"), cache.resolve("tea"), cache.resolve("tea")];
    one.cancel();
    expect(errorOf(one)).to.be.instanceOf(CancelledError);
    three.cancel();
    expect(errorOf(three)).to.be.instanceOf(CancelledError);
    expect(asked.cancelled).to.equal(0);
    expect(two.called).to.equal(false);
    two.cancel();
    expect(errorOf(two)).to.be.instanceOf(CancelledError);
    expect(asked.cancelled).to.equal(1);
    expect(cache.statistics().underWay).to.equal(0);
    const anew = look("tea");
    asked.open.shift();
    asked.answer(9);
    expect(anew).to.deep.equal(["10.0.0.1/9"]);
  });

  it("goes on when one that is told gives the next one up", () => {
    const outcomes: unknown[][] = [];
    cache.resolve("tea").addCallback(() => second.cancel());
    const second = cache.resolve("tea");
    outcomes.push(watch(second), look("tea"));
    asked.answer(9);
    expect(failed(outcomes[0] as unknown[])).to.be.instanceOf(CancelledError);
    expect(outcomes[1]).to.deep.equal(["10.0.0.1/9"]);
  });

  it("asks anew from inside an answer that is not kept", () => {
    cache.resolve("tea").addCallback(() => look("tea"));
    asked.answer(0);
    expect(asked.questions).to.deep.equal(["tea", "tea"]);
    expect(cache.statistics().underWay).to.equal(1);
  });

  it("has each waiter's timeout be its own", async () => {
    const [hasty, patient] = [look("tea", { timeout: 2 }), look("tea")];
    await reactor.advance(2);
    expect(failed(hasty)).to.be.instanceOf(TimeoutError);
    asked.answer(9);
    expect(patient).to.deep.equal(["10.0.0.1/9"]);
    expect(reactor.inspect()).to.deep.equal([]);
  });

  it("keeps unknown names for a short while", async () => {
    make({ unknownSeconds: 3 });
    look("tea");
    asked.fail(new UnknownHostError("no such host"));
    expect(failed(look("tea"))).to.be.instanceOf(UnknownHostError);
    expect(asked.questions).to.have.lengthOf(1);
    await reactor.advance(3);
    expect(look("tea")).to.deep.equal([]);
    expect(asked.questions).to.have.lengthOf(2);
  });

  it("does not keep other failures, nor an unknown that is temporary", () => {
    for (const error of [
      new UnknownHostError("not now", { temporary: true }),
      new TimeoutError("late"),
      new RangeError("odd"),
    ]) {
      const [one, two] = [look("tea"), look("tea")];
      asked.fail(error);
      expect([failed(one), failed(two)]).to.deep.equal([error, error]);
    }
    expect(asked.questions).to.have.lengthOf(3);
    make({ unknownSeconds: 0 });
    for (let i = 0; i < 2; i++) {
      look("tea");
      asked.fail(new UnknownHostError("no such host"));
    }
    expect(asked.questions).to.have.lengthOf(5);
  });

  it("lets go of the answer that was not used for longest, and apart from it of unknowns", () => {
    make({ max: 2, unknownMax: 1 });
    for (const host of ["a", "b"]) {
      look(host);
      asked.answer(100);
    }
    for (const host of ["x", "y"]) {
      look(host);
      asked.fail(new UnknownHostError(host));
    }
    look("a"); // used
    look("c");
    asked.answer(100);
    expect(cache.statistics()).to.deep.equal({
      kept: 2,
      keptUnknown: 1,
      underWay: 0,
      hits: 1,
      shared: 0,
      misses: 5,
    });
    const before = asked.questions.length;
    look("a");
    look("c");
    look("y");
    expect(asked.questions).to.have.lengthOf(before);
    look("b");
    look("x");
    expect(asked.questions.slice(before)).to.deep.equal(["b", "x"]);
  });

  it("keeps nothing with max 0, and forgets by clear()", () => {
    make({ max: 0 });
    look("tea");
    asked.answer(100);
    look("tea");
    expect(asked.questions).to.have.lengthOf(2);
    make();
    asked.open.length = 0;
    look("milk");
    asked.answer(100);
    cache.clear();
    expect(look("milk")).to.deep.equal([]);
  });

  it("takes a resolver that throws, or answers at once", () => {
    cache = new CachingResolver(reactor, {
      resolve: () => {
        throw new RangeError("no");
      },
    });
    expect(failed(look("tea"))).to.be.instanceOf(RangeError);
    expect(cache.statistics().underWay).to.equal(0);
    const quick = createReactor("clock").nameResolver;
    cache = new CachingResolver(reactor, quick);
    expect(look("10.0.0.1")).to.deep.equal(["10.0.0.1/undefined"]);
    expect(failed(look("x.invalid"))).to.be.instanceOf(UnknownHostError);
  });

  it("refuses numbers that cannot be", () => {
    for (const options of [{ max: -1 }, { ttlMax: NaN }, { unknownSeconds: -1 }]) {
      expect(() => make(options)).to.throw(BadOptionError);
    }
  });
});
