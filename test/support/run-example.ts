/** Runs a small program of the examples to its end. */
import { createReactor, type Reactor } from "skein/reactor";
import { react } from "skein/task";

export type ExampleBackend = "libuv" | "clock";

type Program = (reactor: Reactor<"threads">, print: (line: string) => void) => PromiseLike<unknown>;

/** Resolves with what it has printed; fails if it has failed, or leaves something open. */
export async function runExample(backend: ExampleBackend, main: Program): Promise<string[]> {
  const lines: string[] = [];
  const errors: unknown[] = [];
  const onError = (error: unknown): unknown => errors.push(error);
  const reactor: Reactor<"threads"> = createReactor(backend, { onError });
  const status = await react(main, { reactor, args: [(line: string) => lines.push(line)] });
  if (status !== 0 || errors.length > 0) throw new Error(`it has failed: ${errors.join(", ")}`);
  const left = reactor.inspect().map(({ kind, description }) => `${kind}: ${description}`);
  if (left.length > 0) throw new Error(`left behind: ${left.join(", ")}`);
  return lines;
}
