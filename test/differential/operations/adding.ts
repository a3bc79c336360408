/** The four ways to add handlers. */
import type { Operation } from "../operation.ts";

export const addCallback: Operation = {
  family: "basic",
  weight: 6,
  fields: ({ slot, handler }) => ({ on: slot, callback: handler }),
  run: (step, machine) => {
    machine.at(step.on).addCallback(machine.handler(step.callback));
  },
  print: (step, printer) =>
    printer.statement(`${printer.slot(step.on)}.addCallback(${printer.handler(step.callback)})`),
};

export const addErrback: Operation = {
  family: "basic",
  weight: 5,
  fields: ({ slot, handler }) => ({ on: slot, errback: handler }),
  run: (step, machine) => {
    machine.at(step.on).addErrback(machine.handler(step.errback));
  },
  print: (step, printer) =>
    printer.statement(`${printer.slot(step.on)}.addErrback(${printer.handler(step.errback)})`),
};

export const addBoth: Operation = {
  family: "basic",
  weight: 6,
  fields: ({ slot, handler }) => ({ on: slot, callback: handler }),
  run: (step, machine) => {
    machine.at(step.on).addBoth(machine.handler(step.callback));
  },
  print: (step, printer) =>
    printer.statement(`${printer.slot(step.on)}.addBoth(${printer.handler(step.callback)})`),
};

export const addCallbacks: Operation = {
  family: "basic",
  weight: 4,
  fields: ({ slot, handler }) => ({ on: slot, callback: handler, errback: handler }),
  run: (step, machine) => {
    const { on, callback, errback } = step;
    machine.at(on).addCallbacks(machine.handler(callback), machine.handler(errback));
  },
  print: (step, printer) => {
    const handlers = `${printer.handler(step.callback)}, ${printer.handler(step.errback)}`;
    printer.statement(`${printer.slot(step.on)}.addCallbacks(${handlers})`);
  },
};
