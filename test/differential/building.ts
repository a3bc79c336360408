/** For writing programs by hand. */
import type { Canceller, Give, Program, Statement, Step } from "./program.ts";

const NOTHING: Give = { kind: "nothing" };

export const none: Canceller = { kind: "none" };
export const value: Give = { kind: "value", n: 1 };
export const error: Give = { kind: "error", n: 1 };
export const deferred = (slot: number): Give => ({ kind: "deferred", slot });

/** The plain Deferreds have no cancellers, unless these are given. */
export function program(plain: number | readonly Canceller[], ...steps: Step[]): Program {
  const cancellers = typeof plain === "number" ? Array.from({ length: plain }, () => none) : plain;
  return { plain: cancellers, steps };
}

export const fire = (on: number, gives: Give = value): Step => ({ op: "callback", on, gives });
export const fail = (on: number): Step => ({ op: "errback", on, gives: error });
export const cancel = (on: number): Step => ({ op: "cancel", on });
export const pause = (on: number): Step => ({ op: "pause", on });
export const unpause = (on: number): Step => ({ op: "unpause", on });

/** Adds one handler for both sides, which does `steps` and gives `gives`. */
export const both = (on: number, label: number, gives: Give = NOTHING, ...steps: Step[]): Step => ({
  op: "addBoth",
  on,
  callback: { label, gives, steps },
});

/** Starts a generator. */
export const coroutine = (
  into: number,
  statements: readonly Statement[],
  gives: Give = value,
): Step => ({
  op: "inlineCallbacks",
  into,
  body: { label: 0, statements, gives },
});

export const wait = (slot: number, caught = false): Statement => ({
  kind: "yield",
  slot,
  caught,
  star: false,
});
export const act = (step: Step): Statement => ({ kind: "do", step });

export const race = (into: number, ...all: number[]): Step => ({ op: "race", all, into });
export const release: Step = { op: "releaseLock" };
export const runLocked = (into: number, label: number, gives: Give): Step => ({
  op: "runLocked",
  callback: { label, gives, steps: [] },
  into,
});
