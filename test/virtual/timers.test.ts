import { expect } from "chai";
import { AsyncLocalStorage } from "node:async_hooks";
import timers from "node:timers";
import { scheduler, setImmediate as soon, setInterval as every } from "node:timers/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { virtually } from "../support/virtually.ts";

/** Notes what happens, and when: in milliseconds. */
function diary(): { readonly seen: string[]; note(what: string): void } {
  const seen: string[] = [];
  return { seen, note: (what) => void seen.push(`${what} ${performance.now()}`) };
}

describe("virtual timers", () => {
  it("run in the order of their times, those of equal times in that of their starts", async () => {
    const { seen, note } = diary();
    await virtually(() => {
      setTimeout(note, 20, "20");
      setTimeout(note, 5, "a").unref();
      setTimeout(note, 5, "b");
      setTimeout(note, 0, "0 is 1");
      setTimeout(note, Number.NaN, "none is 1");
      setTimeout(note, 2 ** 31, "too long is 1");
      setTimeout(note, 5.9, "whole ms");
      setImmediate(note, "immediate");
    });
    const ones = ["0 is 1 1", "none is 1 1", "too long is 1 1"];
    expect(seen).to.deep.equal(["immediate 0", ...ones, "a 5", "b 5", "whole ms 5", "20 20"]);
  });

  it("let promises and ticks settle between two callbacks", async () => {
    const { seen, note } = diary();
    await virtually(() => {
      for (const name of ["first", "second"]) {
        setTimeout(() => {
          note(name);
          void Promise.resolve().then(() => note(`promise of ${name}`));
          process.nextTick(() => note(`tick of ${name}`));
        }, 1);
      }
    });
    const of = (name: string): string[] => [
      `${name} 1`,
      `tick of ${name} 1`,
      `promise of ${name} 1`,
    ];
    expect(seen).to.deep.equal([...of("first"), ...of("second")]);
  });

  it("are cleared by their object, by its number, and by that as a text", async () => {
    const { seen, note } = diary();
    await virtually(() => {
      clearTimeout(setTimeout(note, 1, "object"));
      clearTimeout(Number(setTimeout(note, 1, "number")));
      clearTimeout(String(Number(setTimeout(note, 1, "text"))));
      clearInterval(setInterval(note, 1, "interval"));
      clearImmediate(setImmediate(note, "immediate"));
      setTimeout(note, 1, "closed").close();
      setTimeout(note, 1, "disposed")[Symbol.dispose]();
      for (const nothing of [undefined, null, 12345, "text", {}]) clearTimeout(nothing as never);
    });
    expect(seen).to.deep.equal([]);
  });

  it("that were started before the globals were virtual can be cleared", async () => {
    let called = false;
    const real = setTimeout(() => (called = true), 10);
    await virtually(() => clearTimeout(real));
    await sleep(20);
    expect(called).to.equal(false);
  });

  it("are refreshed, also when they have run, but not when they were cleared", async () => {
    const { seen, note } = diary();
    await virtually(() => {
      const timer = setTimeout(note, 100, "refreshed");
      setTimeout(() => timer.refresh(), 50);
      setTimeout(() => timer.refresh(), 200);
      const cleared = setTimeout(note, 100, "cleared");
      clearTimeout(cleared);
      cleared.refresh();
    });
    expect(seen).to.deep.equal(["refreshed 150", "refreshed 300"]);
  });

  it("keep no run going when they were unref'ed, and happen as long as others do", async () => {
    const { seen, note } = diary();
    const { seconds } = await virtually(() => {
      const ticking = setInterval(note, 40, "tick").unref();
      expect(ticking.hasRef()).to.equal(false);
      expect(ticking.ref().hasRef()).to.equal(true);
      ticking.unref();
      setTimeout(note, 100, "the end");
    });
    expect(seen).to.deep.equal(["tick 40", "tick 80", "the end 100"]);
    expect(seconds).to.equal(0.1);
  });

  it("of setInterval are started again, until they are cleared inside", async () => {
    const { seen, note } = diary();
    await virtually(() => {
      let count = 0;
      const interval = setInterval(() => {
        note("tick");
        if (++count === 3) clearInterval(interval);
      }, 10);
    });
    expect(seen).to.deep.equal(["tick 10", "tick 20", "tick 30"]);
  });

  it("of setInterval are cleared inside by their numbers, and by `this`, too", async () => {
    const { seen, note } = diary();
    await virtually(async () => {
      const ids: unknown[] = [];
      for (const name of ["number", "text"]) {
        const interval = setInterval(() => {
          note(name);
          clearInterval(ids.shift() as number);
        }, 10);
        ids.push(name === "number" ? Number(interval) : String(Number(interval)));
      }
      // As older libraries do it.
      setInterval(function (this: NodeJS.Timeout) {
        note("this");
        clearInterval(this);
      }, 10);
      setTimeout(note, 15, "the next round would come");
      await sleep(25);
    });
    const afterwards = "the next round would come 15";
    expect(seen).to.deep.equal(["number 10", "text 10", "this 10", afterwards]);
  });

  it("whose callbacks throw are reported to the reactor, and disturb no other", async () => {
    const { seen, note } = diary();
    const { error, reported } = await virtually(() => {
      setTimeout(() => {
        throw new Error("oh");
      }, 1);
      setTimeout(note, 2, "goes on");
    });
    expect(error).to.equal(undefined);
    expect(reported.map(String)).to.deep.equal(["Error: oh"]);
    expect(seen).to.deep.equal(["goes on 2"]);
  });

  it("run in the context in which they were started", async () => {
    const storage = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    await virtually(() => {
      storage.run("mine", () => setTimeout(() => seen.push(storage.getStore()), 1));
      setTimeout(() => seen.push(storage.getStore()), 2);
    });
    expect(seen).to.deep.equal(["mine", undefined]);
  });

  it("refuse what is no callback, as Node's do", async () => {
    await virtually(() => {
      const nothing: unknown = undefined;
      expect(() => setTimeout(nothing as () => void, 1))
        .to.throw(TypeError)
        .with.property("code", "ERR_INVALID_ARG_TYPE");
    });
  });

  it("are those of node:timers too", async () => {
    await virtually(() => {
      expect(timers.setTimeout).to.equal(setTimeout);
      expect(timers.clearInterval).to.equal(clearInterval);
      expect(setTimeout).to.include({ name: "setTimeout" });
    });
  });
});

describe("virtual timers with promises", () => {
  it("resolve with their values, when they are due", async () => {
    const { seen, note } = diary();
    await virtually(async () => {
      note(await sleep(10, "slept"));
      note(await promisify(setTimeout)(10, "promisified"));
      note(await soon("immediate"));
      await scheduler.wait(5);
      note("waited");
      await scheduler.yield();
      note("yielded");
    });
    expect(seen).to.deep.equal([
      "slept 10",
      "promisified 20",
      "immediate 20",
      "waited 25",
      "yielded 25",
    ]);
  });

  it("give a value for each interval, those that were missed too", async () => {
    const { seen, note } = diary();
    await virtually(async () => {
      let count = 0;
      for await (const value of every(10, "tick")) {
        note(value);
        if (++count === 1) await sleep(25);
        if (count === 4) break;
      }
    });
    expect(seen).to.deep.equal(["tick 10", "tick 35", "tick 35", "tick 40"]);
  });

  it("fail when their signals are aborted, before and meanwhile", async () => {
    const waits: Record<string, (signal: AbortSignal) => Promise<unknown>> = {
      setTimeout: (signal) => sleep(1000, undefined, { signal }),
      setImmediate: (signal) => soon(undefined, { signal }),
      setInterval: (signal) => every(1000, undefined, { signal })[Symbol.asyncIterator]().next(),
      wait: (signal) => scheduler.wait(1000, { signal }),
    };
    const { value, seconds } = await virtually(async () => {
      const seen: string[] = [];
      for (const [name, wait] of Object.entries(waits)) {
        for (const controller of [new AbortController(), new AbortController()]) {
          const already = seen.length % 2 === 0;
          if (already) controller.abort(new Error("enough"));
          const failed = wait(controller.signal).catch((error: unknown) => error as Error);
          if (!already) controller.abort(new Error("enough"));
          const { name: kind, code, cause } = (await failed) as Error & { code: string };
          seen.push(`${name} ${kind} ${code} ${String(cause)}`);
        }
      }
      return seen;
    });
    const each = (name: string): string[] =>
      Array.from({ length: 2 }, () => `${name} AbortError ABORT_ERR Error: enough`);
    expect(value).to.deep.equal(Object.keys(waits).flatMap(each));
    // Nothing is left that would have kept the run going.
    expect(seconds).to.equal(0);
  });

  it("without ref keep no run going", async () => {
    const { seconds } = await virtually(() => {
      void sleep(1000, undefined, { ref: false });
    });
    expect(seconds).to.equal(0);
  });

  it("refuse wrong options, as Node's do", async () => {
    await virtually(async () => {
      const code = await sleep(1, 1, { signal: 5 as never }).catch(
        (error: unknown) => (error as { code: string }).code,
      );
      expect(code).to.equal("ERR_INVALID_ARG_TYPE");
    });
  });

  it("of AbortSignal abort with a TimeoutError, and keep no run going", async () => {
    const { value, seconds } = await virtually(async () => {
      const signal = AbortSignal.timeout(50);
      await sleep(100);
      return `${signal.aborted} ${(signal.reason as Error).name}`;
    });
    expect(value).to.equal("true TimeoutError");
    expect(seconds).to.equal(0.1);
    expect((await virtually(() => void AbortSignal.timeout(50))).seconds).to.equal(0);
    await virtually(() => expect(() => AbortSignal.timeout(-1)).to.throw(RangeError));
  });
});
