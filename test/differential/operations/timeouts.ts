/** Timeouts, and the clock that they run by. */
import fc from "fast-check";
import type { Operation } from "../operation.ts";

const seconds = fc.integer({ min: 1, max: 3 });

export const addTimeout: Operation = {
  family: "timeouts",
  weight: 2,
  fields: ({ slot, handler }) => ({
    on: slot,
    amount: seconds,
    callback: fc.option(handler, { nil: undefined }),
  }),
  run: (step, machine) => {
    const { on, amount = 0, callback } = step;
    const onTimeoutCancel = callback === undefined ? undefined : machine.handler(callback);
    machine.at(on).addTimeout(amount, machine.clock, onTimeoutCancel);
  },
  print: (step, printer) => {
    const handler = step.callback === undefined ? [] : [printer.handler(step.callback)];
    const args = [step.amount, "clock", ...handler].join(", ");
    printer.statement(`${printer.slot(step.on)}.addTimeout(${args})`);
  },
};

export const advance: Operation = {
  family: "timeouts",
  weight: 2,
  fields: () => ({ amount: seconds }),
  run: (step, machine) => machine.clock.advance(step.amount ?? 0),
  print: (step, printer) => printer.attempt(step.op, `clock.advance(${step.amount})`),
};
