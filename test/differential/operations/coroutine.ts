/** inlineCallbacks: the generator is started at once. */
import { inlineCallbacks } from "skein/defer";
import type { Operation } from "../operation.ts";
import type { Body } from "../program.ts";

export const coroutine: Operation = {
  family: "coroutines",
  weight: 5,
  makes: true,
  fields: ({ body }) => ({ body }),
  run: (step, machine) => {
    const start = inlineCallbacks(() => machine.body(step.body as Body));
    machine.put(step.into, start());
  },
  print: (step, printer) =>
    printer.make(step, `inlineCallbacks(${printer.body(step.body as Body)})()`),
};
