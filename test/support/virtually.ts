import { createHash } from "node:crypto";
import { createReactor, type ClockReactorOptions, type Reactor } from "skein/reactor";
import { installVirtualGlobals, type Leak, type VirtualOptions } from "skein/virtual/api";

export type SimulatedReactor = Reactor<"tcp" | "unix" | "names" | "clock">;

/** How a program on virtual time has ended. */
export interface VirtualRun<T> {
  readonly value: T | undefined;
  /** What the program threw, or the run failed with. */
  readonly error: unknown;
  readonly leaks: readonly Leak[];
  /** When it ended, on the reactor's clock. */
  readonly seconds: number;
  /** What was reported to the reactor. */
  readonly reported: readonly unknown[];
  /** Of the trace. */
  readonly hash: string;
}

/** Runs a program on a clock that the globals of this process follow. */
export async function virtually<T>(
  program: (reactor: SimulatedReactor) => T | Promise<T>,
  { clock = {}, ...options }: VirtualOptions & { readonly clock?: ClockReactorOptions } = {},
): Promise<VirtualRun<T>> {
  const reported: unknown[] = [];
  const hash = createHash("sha256");
  const reactor = createReactor("clock", {
    onError: (error) => reported.push(error),
    trace: ({ at, event }) => hash.update(`${at} ${event}\n`),
    ...clock,
  });
  const globals = installVirtualGlobals(reactor, options);
  let value: T | undefined;
  let error: unknown;
  try {
    const stopped = reactor.run();
    reactor.callWhenRunning(() => {
      void Promise.resolve(reactor)
        .then(program)
        .then(
          (result) => (value = result),
          (thrown: unknown) => (error = thrown),
        );
    });
    await stopped;
  } catch (thrown) {
    error ??= thrown;
  } finally {
    globals.restore();
  }
  const { leaks } = globals;
  return { value, error, leaks, seconds: reactor.seconds(), reported, hash: hash.digest("hex") };
}
