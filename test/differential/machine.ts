/** The interpreter of programs in TypeScript: what it notes is the trace of a program. */
import {
  Deferred,
  DeferredLock,
  DeferredQueue,
  DeferredSemaphore,
  Failure,
  FailureGroup,
  FirstError,
  onUnhandledFailure,
} from "skein/defer";
import { atTurnEnd, reportUnhandled } from "../../src/defer/unhandled.ts";
import { Clock } from "./clock.ts";
import { OPERATIONS } from "./operations/index.ts";
import type { Body, Canceller, Give, Handler, Program, Step, Wait } from "./program.ts";

/** So many events a program may have: what is left of it then is left out, by both interpreters. */
export const EVENTS_MAX = 1000;
const TOO_MANY = "too many events";

/** The errors that programs throw. */
export class Boom extends Error {
  override readonly name = "Boom";
  readonly n: number;

  constructor(n: number) {
    super(`e${n}`);
    this.n = n;
  }
}

/** Runs a program, and returns its trace. */
export function interpret(program: Program): string[] {
  const machine = new Machine(program);
  machine.main();
  return machine.trace;
}

export class Machine {
  readonly trace: string[] = [];
  /** What was done of all that there is to do. */
  readonly done = new Set<string>();
  readonly clock = new Clock();
  readonly lock = new DeferredLock();
  readonly semaphore = new DeferredSemaphore(2);
  readonly queue = new DeferredQueue<unknown>({ size: 2, backlog: 2 });
  readonly slots: (Deferred<unknown> | undefined)[] = [];
  readonly #program: Program;
  /** Who holds the failures that are unhandled. */
  readonly #holders = new Map<Failure, Deferred<unknown>[]>();

  constructor(program: Program) {
    this.#program = program;
  }

  main(): void {
    const unhandled: Failure[] = [];
    // As a reactor does it: what is unhandled is told when the turn is over.
    const undo = [
      atTurnEnd(() => {}),
      onUnhandledFailure((failure) => void unhandled.push(failure)),
    ];
    this.#program.plain.forEach((canceller, slot) => this.put(slot, this.#plain(canceller, slot)));
    for (const step of this.#program.steps) this.do(step);
    for (const deferred of this.slots) {
      if (deferred) this.note(`${this.show(deferred)} called: ${String(deferred.called)}`);
    }
    if (this.clock.waiting > 0) this.note(`timers: ${this.clock.waiting}`);
    reportUnhandled();
    // In the order of the slots: Twisted tells whenever its garbage is collected.
    for (const event of unhandled.flatMap((it) => this.#unhandled(it)).sort()) this.note(event);
    this.slots.forEach((deferred, slot) => {
      deferred?.addBoth((result) => this.note(`d${slot} left: ${this.show(result)}`));
    });
    // What the last handlers left is of no interest, and must not reach the next program.
    reportUnhandled();
    for (const f of undo.reverse()) f();
  }

  note(event: string): void {
    if (this.#isOver()) return;
    this.trace.push(this.trace.length === EVENTS_MAX - 1 ? TOO_MANY : event);
  }

  /** Puts a Deferred into its slot. */
  put(slot: number | undefined, deferred: Deferred<unknown>): void {
    this.slots[slot ?? 0] = deferred;
    const takeUnhandled = deferred.takeUnhandled.bind(deferred);
    deferred.takeUnhandled = () => {
      const failure = takeUnhandled();
      if (failure) this.#holders.set(failure, [...(this.#holders.get(failure) ?? []), deferred]);
      return failure;
    };
  }

  /** The Deferred in a slot that was found to be filled. */
  at(slot: number | undefined): Deferred<unknown> {
    return this.slots[slot ?? 0] as Deferred<unknown>;
  }

  do(step: Step): void {
    if (this.#isOver()) return;
    const slots = [step.on, step.to, ...(step.all ?? [])].filter((slot) => slot !== undefined);
    if (step.gives?.kind === "deferred") slots.push(step.gives.slot);
    if (slots.some((slot) => this.slots[slot] === undefined)) return;
    this.done.add(step.op);
    try {
      OPERATIONS[step.op]?.run(step, this);
    } catch (error) {
      this.note(`${step.op} threw ${this.error(error)}`);
    }
  }

  handler(handler: Handler | undefined): (result: unknown) => unknown {
    if (handler === undefined) throw new TypeError("the step has no such handler");
    return (result) => {
      this.note(`h${handler.label} got ${this.show(result)}`);
      for (const step of handler.steps) {
        this.done.add(`${step.op} in a handler`);
        this.do(step);
      }
      this.done.add(`a handler gives ${handler.gives.kind}`);
      return this.give(handler.gives, result);
    };
  }

  /** The value that is given; an error is thrown. */
  give(gives: Give | undefined, received?: unknown): unknown {
    switch (gives?.kind) {
      case "value":
        return gives.n;
      case "error":
        throw new Boom(gives.n);
      case "failure":
        return new Failure(new Boom(gives.n));
      case "deferred":
        return this.slots[gives.slot];
      case "same":
        return received;
      case "nothing":
      case undefined:
        return undefined;
    }
  }

  *body(body: Body): Generator<unknown, unknown, unknown> {
    const name = `g${body.label}`;
    for (const statement of body.statements) {
      switch (statement.kind) {
        case "do":
          this.done.add(`${statement.step.op} in a generator`);
          this.do(statement.step);
          break;
        case "yield value":
          this.note(`${name} got ${this.show(yield statement.n)}`);
          break;
        case "yield":
          if (this.slots[statement.slot] === undefined) break;
          this.done.add(statement.star ? "yield*" : "yield");
          try {
            this.note(`${name} got ${this.show(yield* this.#wait(statement))}`);
          } catch (error) {
            this.done.add("a generator is thrown an error");
            this.note(`${name} caught ${this.error(error)}`);
            if (!statement.caught) throw error;
          }
          break;
      }
    }
    this.note(`${name} ends`);
    return this.give(body.gives);
  }

  /** Waits in one of the two ways. */
  *#wait({ slot, star }: Wait): Generator<unknown, unknown, unknown> {
    const deferred = this.at(slot);
    return star ? yield* deferred : yield deferred;
  }

  show(value: unknown): string {
    if (value === undefined || value === null) return "nothing";
    if (value instanceof Failure) return `Failure(${this.error(value.value)})`;
    if (value instanceof Deferred) {
      const slot = this.slots.indexOf(value as Deferred<unknown>);
      return slot === -1 ? "a Deferred" : `d${slot}`;
    }
    if (Array.isArray(value)) return `[${value.map((item) => this.show(item)).join(", ")}]`;
    // oxlint-disable-next-line typescript/no-base-to-string -- no object is left
    return typeof value === "object" ? value.constructor.name : String(value);
  }

  error(error: unknown): string {
    if (error instanceof Boom) return error.message;
    if (error instanceof FirstError) {
      return `FirstError(${error.index}, ${this.show(error.subFailure)})`;
    }
    if (error instanceof FailureGroup) return `FailureGroup(${this.show(error.failures)})`;
    return error instanceof Error ? error.name : this.show(error);
  }

  /** A failure is reported once; Twisted tells it of each Deferred that holds it. */
  #unhandled(failure: Failure): string[] {
    const event = `unhandled: ${this.error(failure.value)}`;
    const holders = this.#holders.get(failure);
    // Some have no slot: they hold an error that no Deferred of the program can hold.
    return holders?.map((deferred) => `${this.show(deferred)} ${event}`) ?? [event];
  }

  #isOver(): boolean {
    return this.trace.length >= EVENTS_MAX;
  }

  #plain(canceller: Canceller, slot: number): Deferred<unknown> {
    if (canceller.kind === "none") return new Deferred();
    return new Deferred((deferred) => {
      this.note(`d${slot} cancelling`);
      this.done.add(`a canceller: ${canceller.kind}`);
      if (canceller.kind === "value") deferred.callback(canceller.n);
      if (canceller.kind === "error") deferred.errback(new Boom(canceller.n));
      if (canceller.kind === "cancels") deferred.cancel();
      if (canceller.kind === "throws") throw new Boom(canceller.n);
    });
  }
}
