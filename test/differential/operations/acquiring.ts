/** A lock, and a semaphore with two tokens: every program has one of each. */
import type { Operation } from "../operation.ts";

type Name = "lock" | "semaphore";

const acquire = (name: Name): Operation => ({
  family: "locks",
  weight: 1,
  makes: true,
  fields: () => ({}),
  run: (step, machine) => machine.put(step.into, machine[name].acquire()),
  print: (step, printer) => printer.make(step, `${name}.acquire()`),
});

const release = (name: Name): Operation => ({
  family: "locks",
  weight: 1,
  fields: () => ({}),
  run: (_, machine) => machine[name].release(),
  print: (step, printer) => printer.attempt(step.op, `${name}.release()`),
});

const run = (name: Name): Operation => ({
  family: "locks",
  weight: 1,
  makes: true,
  fields: ({ handler }) => ({ callback: handler }),
  run: (step, machine) => {
    machine.put(step.into, machine[name].run(machine.handler(step.callback), undefined));
  },
  print: (step, printer) => {
    printer.make(step, `${name}.run(${printer.handler(step.callback)}, ${printer.nothing})`);
  },
});

export const acquireLock: Operation = acquire("lock");
export const releaseLock: Operation = release("lock");
export const runLocked: Operation = run("lock");
export const acquireSemaphore: Operation = acquire("semaphore");
export const releaseSemaphore: Operation = release("semaphore");
export const runWithSemaphore: Operation = run("semaphore");
