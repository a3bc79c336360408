import { CancelledError } from "../defer/errors.ts";
import { Deferred } from "../defer/deferred.ts";
import { maybeDeferred } from "../defer/maybe-deferred.ts";
import type { Reactor } from "../reactor/capabilities.ts";
import { whyStalled } from "../reactor/stalled.ts";
import { stopIfRunning } from "../reactor/stop-if-running.ts";
import { ExitError } from "./errors.ts";
import { type SignalledProcess, stopOnSignals } from "./signals.ts";

/** What {@link react} uses of Node's `process`, if it gets it. */
export interface ReactProcess extends SignalledProcess {
  exitCode?: unknown;
}

/** Options of {@link react}. */
export type ReactOptions<R, A extends readonly unknown[]> = {
  /** The reactor to run; it must not be running. */
  readonly reactor: R;
  /**
   * Node's `process`, for a program of which this is all: signals then stop the reactor, the exit
   * code is set, and a program that a signal has stopped ends by that signal.
   */
  readonly process?: ReactProcess;
} & ([] extends A
  ? { /** What main gets after the reactor. */ readonly args?: A }
  : { /** What main gets after the reactor. */ readonly args: A });

/**
 * Runs the reactor for as long as `main(reactor, ...args)` takes: for clients, and for commands
 * that do one thing. Begins to run the reactor, calls main, and stops the reactor when main's
 * Deferred or promise has fired.
 *
 * The Deferred fires with the exit status when the reactor has stopped: 0 if all went well, the
 * status of an {@link ExitError}, else 1: the error, which is then told to the reactor's `onError`
 * (standard error, unless given), with its stack. It does not fail. On virtual time, a main that
 * waits for what can never happen ends with status 1 too, and a StalledError that says so; in real
 * time it waits on, as something may come from outside. When the reactor is stopped before main has
 * ended, main's Deferred is cancelled and then awaited, before the connections are
 * closed; ending with CancelledError is no failure then. An async main hears of it, and is awaited,
 * only as `inlineCallbacks(main)`: a promise cannot be cancelled. Cancelling the Deferred stops the
 * reactor, and fails it with CancelledError at once.
 *
 * ```ts
 * import { createReactor, type Reactor } from "skein/reactor";
 * import { deferLater, ExitError, react } from "skein/task";
 *
 * async function main(reactor: Reactor, name: string) {
 *   await deferLater(reactor, 3600);
 *   console.log(`an hour later, ${name}`);
 *   throw new ExitError(3);
 * }
 *
 * const status = await react(main, { reactor: createReactor("clock"), args: ["Ada"] });
 * console.log(status);
 * // → an hour later, Ada
 * // → 3
 * ```
 *
 * A program's last line is `await react(main, { reactor: createReactor("libuv"), process });`.
 *
 * @throws ReactorAlreadyRunningError
 */
export function react<R extends Reactor, A extends readonly unknown[] = []>(
  main: (reactor: R, ...args: A) => unknown,
  options: ReactOptions<R, A>,
): Deferred<number> {
  const { reactor, process } = options;
  const args = (options.args ?? []) as A;
  let status = 0;
  let stopping = false;
  /** Main has ended. */
  let over = false;
  const stopped = reactor.run();
  const signals = process === undefined ? undefined : stopOnSignals(reactor, process);

  const trigger = reactor.addSystemEventTrigger("before", "shutdown", () => {
    stopping = true;
    const stalled = over ? undefined : whyStalled(reactor, "main");
    if (stalled !== undefined) {
      status = 1;
      reactor.reportError(stalled, "running main");
    }
    finished.cancel();
    return finished;
  });
  const finished = maybeDeferred(main, reactor, ...args)
    .addErrback(({ value: error }) => {
      if (error instanceof ExitError) {
        status = error.status;
      } else if (!stopping || !(error instanceof CancelledError)) {
        status = 1;
        reactor.reportError(error, "running main");
      }
    })
    .addCallback(() => {
      over = true;
      if (!stopping) stopIfRunning(reactor);
    });

  const done = new Deferred<number>(() => stopIfRunning(reactor));
  stopped
    .addErrback(({ value: error }) => {
      status ||= 1;
      reactor.reportError(error, "running the reactor");
    })
    .addCallback(() => {
      // After a crash nobody else does it.
      stopping = true;
      finished.cancel();
      reactor.removeSystemEventTrigger(trigger);
      const signal = signals?.restore();
      if (process !== undefined) {
        process.exitCode = status;
        // Whoever sent the signal sees that it was obeyed.
        if (status === 0 && signal !== undefined) process.kill(process.pid, signal);
      }
      if (!done.called) done.callback(status);
    });
  return done;
}
