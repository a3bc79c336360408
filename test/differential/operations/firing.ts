/** Firing, cancelling, holding back. */
import { Boom } from "../machine.ts";
import type { Operation } from "../operation.ts";

export const callback: Operation = {
  family: "basic",
  weight: 9,
  plain: ["on"],
  fields: ({ slot, value }) => ({ on: slot, gives: value }),
  run: (step, machine) => machine.at(step.on).callback(machine.give(step.gives)),
  print: (step, printer) =>
    printer.attempt(step.op, `${printer.slot(step.on)}.callback(${printer.give(step.gives)})`),
};

export const errback: Operation = {
  family: "basic",
  weight: 5,
  plain: ["on"],
  fields: ({ slot, error }) => ({ on: slot, gives: error }),
  run: (step, machine) => {
    const { gives, on } = step;
    machine.at(on).errback(gives?.kind === "error" ? new Boom(gives.n) : machine.give(gives));
  },
  print: (step, printer) =>
    printer.attempt(step.op, `${printer.slot(step.on)}.errback(${printer.give(step.gives)})`),
};

export const cancel: Operation = {
  family: "basic",
  weight: 6,
  fields: ({ slot }) => ({ on: slot }),
  run: (step, machine) => machine.at(step.on).cancel(),
  print: (step, printer) => printer.attempt(step.op, `${printer.slot(step.on)}.cancel()`),
};

export const pause: Operation = {
  family: "basic",
  weight: 2,
  plain: ["on"],
  fields: ({ slot }) => ({ on: slot }),
  run: (step, machine) => machine.at(step.on).pause(),
  print: (step, printer) => printer.statement(`${printer.slot(step.on)}.pause()`),
};

export const unpause: Operation = {
  family: "basic",
  weight: 3,
  plain: ["on"],
  fields: ({ slot }) => ({ on: slot }),
  run: (step, machine) => machine.at(step.on).unpause(),
  print: (step, printer) => printer.statement(`${printer.slot(step.on)}.unpause()`),
};

export const chainDeferred: Operation = {
  family: "basic",
  weight: 3,
  plain: ["to"],
  fields: ({ slot }) => ({ on: slot, to: slot }),
  run: (step, machine) => {
    machine.at(step.on).chainDeferred(machine.at(step.to));
  },
  print: (step, printer) =>
    printer.statement(`${printer.slot(step.on)}.chainDeferred(${printer.slot(step.to)})`),
};
