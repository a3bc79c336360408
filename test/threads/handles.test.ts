import { expect } from "chai";
import { BadOptionError, createReactor } from "skein/reactor";
import { deferToThread, ThreadPool, worker } from "skein/threads";
import type { Deferred } from "skein/defer";
import { tasks } from "../support/pools.ts";

describe("handles on functions of a worker", () => {
  it("name the module and the export", () => {
    const { digest } = worker<{ digest(): string }>("file:///srv/hash.js");
    expect({ ...digest }).to.deep.equal({ module: "file:///srv/hash.js", name: "digest" });
  });

  it("take a URL, of any kind", () => {
    expect(worker<{ f(): void }>(new URL("file:///a.ts")).f.module).to.equal("file:///a.ts");
    expect(worker<{ f(): void }>("node:path").f.module).to.equal("node:path");
  });

  for (const url of ["./hash.ts", "hash.ts", "/srv/hash.ts", ""]) {
    it(`refuse ${JSON.stringify(url)}, which is no absolute URL`, () => {
      expect(() => worker(url)).to.throw(
        BadOptionError,
        `"${url}" is not an absolute URL; write new URL("${url}", import.meta.url)`,
      );
    });
  }

  it("load nothing by themselves", () => {
    expect(() => worker<{ f(): void }>("file:///not/there.ts").f).not.to.throw();
  });

  it("can be returned by an async function", async () => {
    const handles = await Promise.resolve(tasks);
    expect(handles).to.equal(tasks);
  });

  it("give calls their types", () => {
    const reactor = createReactor("clock");
    const pool = new ThreadPool(reactor);
    // Only for the compiler: nothing of this is called.
    const typed = (): unknown[] => [
      pool.call(tasks.add, 1, 2) satisfies Deferred<number>,
      pool.call(tasks.addLater, 1, 2) satisfies Deferred<number>,
      deferToThread(reactor, tasks.nothing) satisfies Deferred<void>,
      // @ts-expect-error -- a text is no number
      pool.call(tasks.add, 1, "2"),
      // @ts-expect-error -- an argument is missing
      deferToThread(reactor, tasks.add, 1),
      // @ts-expect-error -- an argument too many
      deferToThread(reactor, tasks.add, 1, 2, 3),
      // @ts-expect-error -- the result is a number
      pool.call(tasks.add, 1, 2) satisfies Deferred<string>,
      // @ts-expect-error -- what is no function has no handle
      tasks.constant,
      // @ts-expect-error -- no such export
      tasks.subtract,
      // @ts-expect-error -- a function itself cannot cross
      pool.call((a: number) => a, 1),
      // @ts-expect-error -- this reactor has no workers
      deferToThread(createReactor("timer"), tasks.nothing),
    ];
    expect(typed).to.be.a("function");
  });
});
