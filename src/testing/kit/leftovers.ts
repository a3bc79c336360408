/** What a test has left on its reactor. */
import type { DelayedCall, OpenThing, Reactor } from "../../reactor/capabilities.ts";
import { DirtyReactorError } from "./errors.ts";
import type { RunWatch } from "./run-watch.ts";
import { count, wordThing } from "./wording.ts";

/** Connections and ports that are closing have so long, by the reactor's clock, to be closed. */
const CLOSING_SECONDS = 1;
/** So much later the calls that were left are put off. */
const LONG_SECONDS = 1e9;
/** Whether they are is looked up so often. */
const STEP_SECONDS = 0.01;

/** A delayed call, as it was when the test ended. */
interface HeldCall {
  readonly call: DelayedCall;
  readonly thing: OpenThing;
}

/** Puts off the delayed calls for good: the test is over, and they must not disturb the next. */
export function holdCalls(reactor: Reactor): readonly HeldCall[] {
  const held = delayedCalls(reactor);
  // Those who have made them may cancel them as ever.
  for (const { call } of held) call.delay(LONG_SECONDS);
  return held;
}

/**
 * Waits for what is closing; resolves with what is left then, the calls that are held included.
 *
 * @param pass lets time pass.
 */
export async function leftovers(
  reactor: Reactor,
  runs: RunWatch,
  held: readonly HeldCall[],
  pass: (seconds: number) => PromiseLike<void>,
): Promise<readonly OpenThing[]> {
  const until = reactor.seconds() + CLOSING_SECONDS;
  while (runs.active && !reactor.inspect().every(isDelayedCall) && reactor.seconds() < until) {
    await Promise.race([pass(STEP_SECONDS), runs.whenEnded()]);
  }
  const since = delayedCalls(reactor).filter(({ call }) => held.every((old) => old.call !== call));
  const calls = [...held.filter(({ call }) => call.active), ...since];
  const others = reactor.inspect().filter((thing) => !isDelayedCall(thing));
  return [...others, ...calls.map(({ thing }) => thing)];
}

/** The delayed calls with what is known of them: both lists are in the order of their times. */
function delayedCalls(reactor: Reactor): HeldCall[] {
  const things = reactor.inspect().filter(isDelayedCall);
  return reactor
    .getDelayedCalls()
    .sort((a, b) => a.getTime() - b.getTime())
    .map((call, i) => ({ call, thing: things[i] as OpenThing }));
}

function isDelayedCall({ kind }: OpenThing): boolean {
  return kind === "delayed call";
}

/** The verdict about what is left; none where that is nothing. */
export function dirty(left: readonly OpenThing[]): DirtyReactorError | undefined {
  if (left.length === 0) return undefined;
  return new DirtyReactorError(
    `the test left ${count(left.length, "thing")} on its reactor:\n\n` +
      `${left.map(wordThing).join("\n")}\n\n` +
      `Cancel or close what the test is done with, or have addCleanup() do it`,
  );
}
