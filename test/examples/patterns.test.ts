import { expect } from "chai";
import { Till } from "../../examples/patterns/active-object.ts";
import { patterns } from "../../examples/patterns/patterns.ts";
import { createReactor, type Reactor } from "skein/reactor";
import { type ExampleBackend, runExample } from "../support/run-example.ts";

/** Tests what a pattern prints, on each backend. */
function printed(
  name: string,
  title: string,
  check: (lines: string[], backend: ExampleBackend) => void,
): void {
  for (const backend of ["libuv", "clock"] as const) {
    it(`${name}: ${title} (${backend})`, async () => {
      const pattern = patterns.get(name)?.[1];
      if (pattern === undefined) throw new Error(`there is no ${name}`);
      check(await runExample(backend, pattern), backend);
    });
  }
}

describe("the patterns of threads", () => {
  printed("producer-consumer", "all is eaten, and lines that belong together are", (lines) => {
    expect(lines.pop()).to.equal("10 loaves were eaten");
    const taken: string[] = [];
    for (let at = 0; at < lines.length; at += 2) {
      const [, eater, loaf] = /^(\w+) takes (\w+ \d)$/.exec(lines[at] as string) ?? [];
      expect(lines[at + 1]).to.equal(`${eater} has eaten it`);
      taken.push(loaf as string);
    }
    const baked = ["oat", "rye"].flatMap((grain) => [1, 2, 3, 4, 5].map((n) => `${grain} ${n}`));
    expect(taken.sort()).to.deep.equal(baked);
  });

  printed("worker-pool", "counts in the order of the jobs, with three threads", (lines) => {
    expect(lines).to.have.length(11);
    expect(lines[0]).to.equal("from 0: 168 primes");
    expect(lines[9]).to.equal("from 9000: 112 primes");
    expect(lines[10]).to.equal("1229 in all, by 3 threads");
  });

  printed("barrier", "each round has all of the one before", (lines) => {
    expect(lines).to.deep.equal([
      "round 1: 54.0 27.0 0.0 0.0 0.0",
      "round 2: 45.0 27.0 9.0 0.0 0.0",
      "round 3: 39.0 27.0 12.0 3.0 0.0",
      "the heat is still 81.0",
    ]);
  });

  printed("pipeline", "little is under way at a time", (lines) => {
    expect(lines).to.deep.equal([
      "2500 words in 500 lines",
      "never more than 10 lines were under way",
    ]);
  });

  printed("future", "has a result, an error, or is given up", (lines) => {
    expect(lines).to.deep.equal([
      "the bill is being made",
      "the bill: 5",
      "two more: 2 and 2",
      "RangeError: we have no whisky",
      "never mind",
    ]);
  });

  printed("read-write-lock", "readers are together, and see no half of a write", (lines) => {
    expect(lines).to.deep.equal([
      "all three readers are reading at the same time",
      "0 times a reader found money missing",
      "the accounts: 40 and 60",
    ]);
  });

  printed("thread-local", "each thread has its own; simulated ones share one", (lines, backend) => {
    const each = backend === "libuv" ? ["one", "two", "three"] : undefined;
    const last = lines
      .slice(-3)
      .map((line) => line.replace("a thread has heard: ", "").split(", "));
    if (each !== undefined) expect(last).to.deep.equal([each, each, each]);
    else expect(last.map((heard) => heard.length % 9)).to.deep.equal([0, 0, 0]);
  });

  printed("active-object", "its methods are called one after another", (lines) => {
    expect(lines).to.deep.equal([
      "in the till: 15",
      "in the till: 3",
      "in the till: 23",
      "RangeError: there are only 23 in the till",
    ]);
  });

  printed("display", "nothing is lost on the way to it", (lines) => {
    const all = "20 readings of 20, in order";
    expect(lines).to.deep.equal([`hull: ${all}`, `deck: ${all}`, `mast: ${all}`]);
  });

  it("an active object that is closed has done before what it was asked, and no more", async () => {
    const reactor: Reactor<"threads"> = createReactor("libuv");
    const stopped = reactor.run();
    const till = new Till(reactor);
    const done = [till.open(1), till.put(2)];
    const closed = till.close();
    const late = till.put(3).addErrback((failure) => (failure.value as { code: string }).code);
    expect(await Promise.all([...done, closed, late])).to.deep.equal([
      undefined,
      3,
      undefined,
      "ERR_POOL_STOPPED",
    ]);
    reactor.stop();
    await stopped;
    expect(reactor.inspect()).to.deep.equal([]);
  });
});
