/**
 * Prints a program as source code that reproduces its trace: in TypeScript or in Python, which
 * differ in their syntax only.
 */
import { OPERATIONS } from "./operations/index.ts";
import type { Body, Canceller, Give, Handler, Program, Step } from "./program.ts";
import { PYTHON } from "./syntax-python.ts";
import { TYPESCRIPT } from "./syntax-typescript.ts";
import type { Syntax } from "./syntax.ts";

export function printTypeScript(program: Program): string {
  return new Printer(program, TYPESCRIPT).source();
}

export function printPython(program: Program): string {
  return new Printer(program, PYTHON).source();
}

export class Printer {
  readonly #program: Program;
  readonly #syntax: Syntax;
  readonly #lines: string[] = [];
  readonly #made: number[] = [];
  /** What the step that is being printed needs to have been made. */
  #needs: number[] = [];
  #depth = 0;

  constructor(program: Program, syntax: Syntax) {
    this.#program = program;
    this.#syntax = syntax;
    collectMade(program, this.#made);
  }

  source(): string {
    const { plain, steps } = this.#program;
    const { prelude, ending } = this.#syntax;
    plain.forEach((canceller, slot) => this.#plain(canceller, slot));
    if (this.#made.length > 0) this.#line(this.#syntax.declare(this.#made.map(nameOf)));
    for (const step of steps) this.#step(step);
    const all = [...plain.keys(), ...this.#made].map(nameOf).join(", ");
    const body = this.#lines.join("\n");
    return `${prelude(body)}\n${body}\n\n${ending(all, body)}`;
  }

  // --- for the operations ---

  get nothing(): string {
    return this.#syntax.nothing;
  }

  slot(slot: number | undefined): string {
    return nameOf(slot ?? 0);
  }

  /** A statement that throws nothing. */
  statement(expression: string): void {
    this.#guarded(`${expression}${this.#syntax.end}`);
  }

  /** A statement that may throw, which is noted. */
  attempt(op: string, expression: string): void {
    this.#guarded(`attempt("${op}", ${this.#syntax.arrow(expression)})${this.#syntax.end}`);
  }

  /** A statement that fills the slot for the Deferred that a step makes. */
  make(step: Step, expression: string): void {
    const attempt = `attempt("${step.op}", ${this.#syntax.arrow(expression)})`;
    this.#guarded(`${this.slot(step.into)} = ${attempt}${this.#syntax.end}`);
  }

  create(name: string, args: readonly string[]): string {
    return `${this.#syntax.create}${name}(${args.join(", ")})`;
  }

  /** The last argument or arguments, if any option is set. */
  options(options: Readonly<Record<string, true>>): string[] {
    return Object.keys(options).length > 0 ? [this.#syntax.options(Object.keys(options))] : [];
  }

  give(gives: Give | undefined): string {
    switch (gives?.kind) {
      case "value":
        return String(gives.n);
      case "error":
        return this.#boom(gives.n);
      case "failure":
        return this.create("Failure", [this.#boom(gives.n)]);
      case "deferred":
        return nameOf(gives.slot);
      case "same":
        return "result";
      case "nothing":
      case undefined:
        return this.nothing;
    }
  }

  /** Prints the definition of a handler, and returns its name. */
  handler(handler: Handler | undefined): string {
    if (handler === undefined) return this.nothing;
    const name = `h${handler.label}`;
    this.#define(this.#syntax.handler(name), () => {
      this.#line(this.#syntax.log(`${name} got `, "result"));
      for (const step of handler.steps) this.#step(step);
      this.#return(handler.gives);
    });
    return name;
  }

  /** Prints the definition of a generator, and returns its name. */
  body(body: Body): string {
    const { syntax, name } = { syntax: this.#syntax, name: `g${body.label}` };
    this.#define(syntax.generator(name), () => {
      for (const statement of body.statements) {
        if (statement.kind === "do") {
          this.#step(statement.step);
        } else {
          const { kind } = statement;
          const what = kind === "yield" ? nameOf(statement.slot) : String(statement.n);
          const again = kind === "yield" && !statement.caught;
          const lines = syntax.yield(name, what, {
            again,
            star: kind === "yield" && statement.star,
          });
          const needs = kind === "yield" ? this.#maybeEmpty([statement.slot]) : [];
          this.#block(needs, lines);
        }
      }
      this.#line(syntax.log(`${name} ends`));
      // A generator is one by its yields.
      if (body.statements.every(({ kind }) => kind === "do")) this.#block([], syntax.noYield);
      this.#return(body.gives);
    });
    return name;
  }

  // --- within ---

  #plain(canceller: Canceller, slot: number): void {
    const { create, end } = this.#syntax;
    const name = nameOf(slot);
    const args: string[] = [];
    if (canceller.kind !== "none") {
      args.push(`cancel_${name}`);
      this.#define(this.#syntax.handler(`cancel_${name}`), () => {
        this.#line(this.#syntax.log(`${name} cancelling`));
        const { kind } = canceller;
        if (kind === "value") this.#line(`result.callback(${canceller.n})${end}`);
        if (kind === "error") this.#line(`result.errback(${this.#boom(canceller.n)})${end}`);
        if (kind === "cancels") this.#line(`result.cancel()${end}`);
        if (kind === "throws") this.#line(`${this.#syntax.throw} ${this.#boom(canceller.n)}${end}`);
      });
    }
    this.#line(`${this.#syntax.variable}${name} = ${create}Deferred(${args.join(", ")})${end}`);
  }

  #step(step: Step): void {
    const slots = [step.on, step.to, ...(step.all ?? [])].filter((slot) => slot !== undefined);
    if (step.gives?.kind === "deferred") slots.push(step.gives.slot);
    // Handlers within are printed before, and have needs of their own.
    this.#needs = this.#maybeEmpty(slots);
    OPERATIONS[step.op]?.print(step, this);
  }

  #maybeEmpty(slots: readonly number[]): number[] {
    return [...new Set(slots)].filter((slot) => this.#made.includes(slot));
  }

  #guarded(line: string): void {
    this.#block(this.#needs, [line]);
  }

  #block(needs: readonly number[], lines: readonly string[]): void {
    if (needs.length > 0) this.#line(this.#syntax.ifAll(needs.map(nameOf)));
    const indent = needs.length > 0 ? 1 : 0;
    this.#depth += indent;
    for (const line of lines) this.#line(line);
    this.#depth -= indent;
    if (needs.length > 0 && this.#syntax.close) this.#line("}");
  }

  #define(header: string, body: () => void): void {
    const needs = this.#needs;
    this.#line(header);
    this.#depth++;
    if (this.#made.length > 0 && this.#syntax.global) {
      this.#line(`global ${this.#made.map(nameOf).join(", ")}`);
    }
    body();
    this.#depth--;
    if (this.#syntax.close) this.#line(this.#syntax.close);
    this.#needs = needs;
  }

  #return(gives: Give): void {
    const keyword = gives.kind === "error" ? this.#syntax.throw : "return";
    this.#line(`${keyword} ${this.give(gives)}${this.#syntax.end}`);
  }

  #boom(n: number): string {
    return this.create("Boom", [String(n)]);
  }

  #line(line: string): void {
    this.#lines.push(this.#syntax.indent.repeat(this.#depth) + line);
  }
}

const nameOf = (slot: number): string => `d${slot}`;

/** Finds the slots for what operations make, wherever they are. */
function collectMade(node: unknown, made: number[]): void {
  if (typeof node !== "object" || node === null) return;
  for (const [key, value] of Object.entries(node)) {
    if (key === "into") made.push(value as number);
    else collectMade(value, made);
  }
}
