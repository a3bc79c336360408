/** Waiting for several at once. */
import fc from "fast-check";
import { DeferredList, gatherResults, race } from "skein/defer";
import type { Operation } from "../operation.ts";
import type { Step } from "../program.ts";

const FLAGS = ["fireOnOneCallback", "fireOnOneErrback", "consumeErrors"] as const;

/** The flags of a step by name; only those that are set. */
function optionsOf(step: Step): Partial<Record<(typeof FLAGS)[number], true>> {
  const set = FLAGS.filter((_, i) => step.flags?.[i]);
  return Object.fromEntries(set.map((name) => [name, true]));
}

export const deferredList: Operation = {
  family: "lists",
  weight: 3,
  makes: true,
  fields: ({ slot }) => ({
    all: fc.array(slot, { maxLength: 3 }),
    flags: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
  }),
  run: (step, machine) => {
    const all = (step.all ?? []).map((slot) => machine.at(slot));
    const { fireOnOneCallback, ...others } = optionsOf(step);
    const list = fireOnOneCallback
      ? new DeferredList(all, { ...others, fireOnOneCallback })
      : new DeferredList(all, others);
    machine.put(step.into, list);
  },
  print: (step, printer) => {
    const list = `[${(step.all ?? []).map((slot) => printer.slot(slot)).join(", ")}]`;
    const options = printer.options(optionsOf(step));
    printer.make(step, printer.create("DeferredList", [list, ...options]));
  },
};

export const gather: Operation = {
  family: "lists",
  weight: 2,
  makes: true,
  fields: ({ slot }) => ({
    all: fc.array(slot, { maxLength: 3 }),
    flags: fc.boolean().map((consumeErrors) => [false, false, consumeErrors]),
  }),
  run: (step, machine) => {
    const all = (step.all ?? []).map((slot) => machine.at(slot));
    machine.put(step.into, gatherResults(all, optionsOf(step)));
  },
  print: (step, printer) => {
    const list = `[${(step.all ?? []).map((slot) => printer.slot(slot)).join(", ")}]`;
    const options = printer.options(optionsOf(step));
    printer.make(step, `gatherResults(${[list, ...options].join(", ")})`);
  },
};

export const raceOf: Operation = {
  family: "lists",
  weight: 3,
  makes: true,
  fields: ({ slot }) => ({ all: fc.array(slot, { minLength: 1, maxLength: 3 }) }),
  run: (step, machine) => {
    machine.put(step.into, race((step.all ?? []).map((slot) => machine.at(slot))));
  },
  print: (step, printer) => {
    const list = (step.all ?? []).map((slot) => printer.slot(slot)).join(", ");
    printer.make(step, `race([${list}])`);
  },
};
