/**
 * Functions that go to workers as text, without a module of their own. This needs the package
 * `acorn`, which finds out whether one uses what does not go with it.
 *
 * ```ts
 * import { createReactor } from "skein/reactor";
 * import { ThreadPool } from "skein/threads";
 * import { inline } from "skein/threads/inline";
 *
 * const reactor = createReactor("clock");
 * const pool = new ThreadPool(reactor);
 * pool
 *   .call(inline((a: number, b: number) => a + b), 1, 2)
 *   .addCallback((sum) => console.log(sum));
 * await reactor.advance(0);
 * pool.stop();
 * // → 3
 *
 * const factor = 7;
 * try {
 *   inline((n: number) => n * factor);
 * } catch (error) {
 *   console.log((error as Error).message.split(",")[0]);
 * }
 * // → a function without a name uses "factor"
 * ```
 */
import { createRequire } from "node:module";
import type { Node } from "acorn";
import { SkeinError } from "../core/errors.ts";
import { compile, INLINE } from "../core/inline-source.ts";
import { freeNames } from "./free-names.ts";
import type { WorkerFunction } from "./worker.ts";

/** A function cannot go to workers as text. */
export class NotInlineError extends SkeinError {
  override readonly name = "NotInlineError";
  readonly code = "ERR_NOT_INLINE";
}

/** What is global here, for some programs, and not in workers. */
const NOT_IN_WORKERS = new Set(["require", "module", "exports", "__filename", "__dirname"]);
/** What tools that measure coverage, or test tests, put into functions. */
const COUNTER = /^(?:cov_|__cov|_\$jscov|__coverage__|stryMutAct|stryCov)/;

/**
 * A handle on a function that goes to workers as text, and is compiled once in each. It can use its
 * arguments and what is global in workers: `Math`, `URL`, `Buffer`, `process`, `await import()` of
 * what has an absolute name. `this` is undefined.
 *
 * @throws NotInlineError, which names what else it uses; and for functions without a text: native
 *   ones and bound ones.
 */
export function inline<A extends unknown[], R>(f: (...args: A) => R): WorkerFunction<A, R> {
  const what = f.name === "" ? "a function without a name" : `${f.name}()`;
  const [source, tree] = parsed(what, String(f));
  for (const { name } of freeNames(tree)) {
    if (isGlobal(name) || name === "__name") continue;
    throw new NotInlineError(`${what} uses ${reason(name)}`);
  }
  try {
    compile(source);
  } catch (cause) {
    throw new NotInlineError(`${what} cannot be compiled by itself: ${String(cause)}`, { cause });
  }
  return { module: INLINE + source, name: f.name === "" ? "inline" : f.name };
}

type Acorn = typeof import("acorn");

let acorn: Acorn | undefined;

/** The parser, by no static import: only who makes inline functions needs it. */
function parser(): Acorn {
  try {
    return (acorn ??= createRequire(import.meta.url)("acorn") as Acorn);
  } catch (cause) {
    throw new NotInlineError("inline() needs the package acorn: npm install acorn", { cause });
  }
}

/** The function's text as an expression, and its syntax tree. */
function parsed(what: string, text: string): [source: string, tree: Node] {
  const { parse } = parser();
  if (/\{\s*\[native code\]\s*\}\s*$/.test(text)) {
    throw new NotInlineError(`${what} has no text: it is native, or bound`);
  }
  if (/^class\b/.test(text)) {
    throw new NotInlineError(`${what} is a class, which cannot be called`);
  }
  try {
    const source = `(${text}\n)`;
    return [source, parse(source, { ecmaVersion: "latest" })];
  } catch (cause) {
    const method = parsedMethod(text);
    if (method !== undefined) return method;
    throw new NotInlineError(`${what} cannot be parsed by itself: ${String(cause)}`, { cause });
  }
}

/** The same for a method, which is one in an object only. */
function parsedMethod(text: string): [source: string, tree: Node] | undefined {
  const source = `({${text}\n})`;
  try {
    const { parseExpressionAt } = parser();
    const { properties } = parseExpressionAt(source, 0, { ecmaVersion: "latest" }) as unknown as {
      properties: { kind: string; computed: boolean; value: Node }[];
    };
    const [property] = properties;
    if (property === undefined || property.computed || property.kind !== "init") return undefined;
    return [`Object.values(${source})[0]`, property.value];
  } catch {
    return undefined;
  }
}

function isGlobal(name: string): boolean {
  return name in globalThis && !NOT_IN_WORKERS.has(name);
}

function reason(name: string): string {
  if (["this", "super", "new.target"].includes(name)) {
    return `${name}, which is that of its place: pass what it needs as an argument`;
  }
  if (COUNTER.test(name)) {
    return (
      `"${name}", which a tool that counts has put into it: have the tool leave it out, ` +
      "or put it into a module"
    );
  }
  return (
    `"${name}", which is outside of it and does not go to workers: ` +
    "pass it as an argument, or put both into a module"
  );
}
