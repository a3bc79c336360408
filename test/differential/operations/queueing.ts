/** A queue of two items, for which two may wait: every program has one. */
import type { Operation } from "../operation.ts";

export const put: Operation = {
  family: "queues",
  weight: 2,
  fields: ({ item }) => ({ gives: item }),
  run: (step, machine) => machine.queue.put(machine.give(step.gives)),
  print: (step, printer) => printer.attempt(step.op, `queue.put(${printer.give(step.gives)})`),
};

export const get: Operation = {
  family: "queues",
  weight: 2,
  makes: true,
  fields: () => ({}),
  run: (step, machine) => machine.put(step.into, machine.queue.get()),
  print: (step, printer) => printer.make(step, "queue.get()"),
};
