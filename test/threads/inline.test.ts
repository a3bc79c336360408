import { expect } from "chai";
import { readFileSync } from "node:fs";
import { runInThisContext } from "node:vm";
import { deferToThread } from "skein/threads";
import { inline, NotInlineError } from "skein/threads/inline";
import { everyPoolTest, failure, poolTest } from "../support/pools.ts";

const outside = 7;
// As a tool has it that counts what is covered.
const cov_1a2b = { f: [0] };

/** The message of the refusal. */
function refusal(f: (...args: never[]) => unknown): string {
  try {
    inline(f);
  } catch (error) {
    expect(error).to.be.instanceOf(NotInlineError).and.include({ code: "ERR_NOT_INLINE" });
    return (error as Error).message;
  }
  throw new Error(`it is not refused: ${String(f)}`);
}

/** A function of a text, as a program without TypeScript has it. */
const ofText = (text: string): (() => unknown) => runInThisContext(`(${text})`) as () => unknown;

describe("inline functions", () => {
  everyPoolTest("run in workers", { max: 1 }, async ({ pool, reactor }) => {
    const add = inline((a: number, b: number) => a + b);
    expect(await pool.call(add, 1, 2)).to.equal(3);
    expect(await pool.call(add, 3, 4)).to.equal(7);
    expect(await deferToThread(reactor, add, 5, 6)).to.equal(11);
    expect(
      await pool.map(
        inline((n: number) => n * n),
        [1, 2, 3],
      ),
    ).to.deep.equal([1, 4, 9]);
    const counted = pool.stream(
      inline(function* count(most: number): Generator<number> {
        for (let n = 0; n < most; n++) yield n;
      }),
      3,
    );
    const seen: number[] = [];
    for await (const n of counted) seen.push(n);
    expect(seen).to.deep.equal([0, 1, 2]);
  });

  everyPoolTest("may be of any kind", { max: 1 }, async ({ pool }) => {
    async function named(text: string): Promise<string> {
      const inner = (part: string): string => part.toUpperCase();
      await Promise.resolve();
      return inner(text);
    }
    expect(await pool.call(inline(named), "abc")).to.equal("ABC");
    const object = {
      method(n: number): number {
        return n + 1;
      },
      async later(n: number): Promise<number> {
        await Promise.resolve();
        return n + 2;
      },
    };
    expect(await pool.call(inline(object.method), 1)).to.equal(2);
    expect(await pool.call(inline(object.later), 1)).to.equal(3);
    const importing = inline(async (path: string) => {
      const { basename } = await import("node:path");
      return basename(path);
    });
    expect(await pool.call(importing, "/etc/hosts")).to.equal("hosts");
  });

  everyPoolTest("fail with the errors they throw", { max: 1 }, async ({ pool }) => {
    const failing = inline((): never => {
      throw new RangeError("inline");
    });
    expect(await failure(pool.call(failing))).to.include({ name: "RangeError", message: "inline" });
  });

  poolTest("use what is global in workers", {}, async ({ pool }) => {
    const f = inline(() => [
      Math.max(1, 2),
      new URL("file:///a").href,
      Buffer.from("a").length,
      typeof process.pid,
      typeof globalThis,
      typeof notThere,
    ]);
    expect(await pool.call(f)).to.deep.equal([2, "file:///a", 1, "number", "object", "undefined"]);
  });

  it("that close over something are refused, by its name", () => {
    expect(refusal((n: number) => n * outside)).to.equal(
      'a function without a name uses "outside", which is outside of it and does not go to ' +
        "workers: pass it as an argument, or put both into a module",
    );
    // An import, whatever the loader has made of it.
    expect(refusal(() => readFileSync("x"))).to.match(/uses "\w*(readFileSync|fs)\w*"/);
    expect(refusal(() => () => ({ a: { [outside]: 1 } }))).to.include('"outside"');
    expect(refusal((a = outside) => a)).to.include('"outside"');
  });

  for (const [name, text] of [
    ["outer", "() => outer"],
    ["outer", "() => { { let outer; } return outer; }"],
    ["outer", "() => { try {} catch (outer) {} return outer; }"],
    ["outer", "() => { for (const outer of []); outer(); }"],
    ["outer", "() => { const { outer: x } = {}; return outer + x; }"],
    ["outer", "() => { outer: for (;;) break outer; return outer; }"],
    ["outer", "() => { (function outer() {})(); return outer; }"],
    ["outer", "() => { outer = 1; }"],
    ["outer", "() => [...outer]"],
    ["outer", "() => `${outer}`"],
    ["outer", "() => { [outer] = [1]; }"],
    ["outer", "() => ({ outer })"],
    ["outer", "(a = () => outer) => a"],
    ["outer", "() => class extends outer {}"],
    ["outer", "() => class { x = outer; }"],
    ["arguments", "() => arguments"],
    ["require", "() => require('fs')"],
  ] as const) {
    it(`see that ${text} uses ${name}`, () => {
      expect(refusal(ofText(text))).to.include(`uses "${name}"`);
    });
  }

  for (const text of [
    "(a, { b, c: [d] = [], ...e }, ...f) => [a, b, d, e, f]",
    "() => { return later(); function later() { return x; } var x; }",
    "() => { if (true) { var deep = 1; } return deep; }",
    "function f(n) { return n > 0 ? f(n - 1) : arguments.length; }",
    "() => { class A { static b = 1; c = A.b; #d = 2; e() { return this.#d; } } return A; }",
    "() => { a: for (let i = 0; i < 1; i++) { continue a; } }",
    "() => { try { x(); } catch ({ message }) { return message; } function x() {} }",
    "() => ({ outer: 1, x: { outer() { return super.toString(); } } }).outer",
    "() => { switch (1) { case 1: let y = 2; return y; } }",
    "function g() { return [this, new.target, () => this]; }",
    "() => { class A extends Array { constructor() { super(); this.x = 1; } } return A; }",
    "() => { for (const [k, v] of Object.entries({})) k + v; for (const k in {}) k; }",
    "async function* h() { for await (const x of []) yield x; }",
    "() => { class A { static x = this; static { var z = this; z; } } return typeof absent; }",
  ]) {
    it(`see that ${text} closes over nothing`, () => {
      expect(inline(ofText(text)).name).to.be.a("string");
    });
  }

  it("that have somebody else's this are refused", () => {
    expect(refusal(ofText("() => this"))).to.include("uses this, which is that of its place");
    expect(refusal(ofText("() => () => this.x"))).to.include("uses this");
    class Base {
      f(): number {
        return 1;
      }
    }
    class Derived extends Base {
      override f(): number {
        return super.f();
      }
    }
    expect(refusal(Derived.prototype.f)).to.include("uses super");
    const object = {
      get x(): number {
        return 1;
      },
    };
    const { get: getter = Math.abs } = Object.getOwnPropertyDescriptor(object, "x") ?? {};
    expect(refusal(getter)).to.include("cannot be parsed by itself");
    expect(refusal({ [`f${outside}`]() {} }[`f${outside}`])).to.include("cannot be parsed");
  });

  it("without a text are refused", () => {
    expect(refusal(Math.max)).to.equal("max() has no text: it is native, or bound");
    expect(refusal(refusal.bind(undefined))).to.include("it is native, or bound");
    expect(refusal(class A extends Object {} as never)).to.equal(
      "A() is a class, which cannot be called",
    );
  });

  it("that only sloppy code may have are refused", () => {
    expect(refusal(ofText("function f(a) { with (a) { return 1; } }"))).to.match(
      /^f\(\) cannot be compiled by itself: SyntaxError/,
    );
  });

  it("with counters of coverage in them are refused, by the counter's name", () => {
    expect(refusal(() => (cov_1a2b.f[0] = 1))).to.match(
      /uses "cov_1a2b", which a tool that counts/,
    );
  });
});

declare const notThere: unknown;
