/** Timeouts, and the clock that they run by. */
import fc from "fast-check";
import type { Operation } from "../operation.ts";

const seconds = fc.integer({ min: 1, max: 3 });

export const addTimeout: Operation = {
  family: "timeouts",
  weight: 2,
  fields: ({ slot }) => ({ on: slot, amount: seconds }),
  run: (step, machine) => {
    machine.at(step.on).addTimeout(step.amount ?? 0, machine.clock);
  },
  print: (step, printer) =>
    printer.statement(`${printer.slot(step.on)}.addTimeout(${step.amount}, clock)`),
};

export const advance: Operation = {
  family: "timeouts",
  weight: 2,
  fields: () => ({ amount: seconds }),
  run: (step, machine) => machine.clock.advance(step.amount ?? 0),
  print: (step, printer) => printer.attempt(step.op, `clock.advance(${step.amount})`),
};
