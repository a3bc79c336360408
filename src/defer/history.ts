/** Where Deferreds were made and fired, while debugging is on. */
import { type Callee, framesOf, type Stack, takeStack } from "../core/stack.ts";

/** Stacks as text, a frame to a line. */
export interface History {
  readonly made: string;
  /** Missing while it is unfired, or when debugging was turned on between the two. */
  readonly fired?: string;
}

const histories = new WeakMap<object, { made: Stack; fired?: Stack }>();

export function noteMade(deferred: object, maker: Callee): void {
  histories.set(deferred, { made: takeStack(maker) });
}

export function noteFired(deferred: object, firer: Callee): void {
  const history = histories.get(deferred);
  if (history !== undefined) history.fired = takeStack(firer);
}

/** What is known of it; undefined if it was made while debugging was off. */
export function historyOf(deferred: object): History | undefined {
  const history = histories.get(deferred);
  if (history === undefined) return undefined;
  const made = framesOf(history.made).join("\n");
  if (history.fired === undefined) return { made };
  return { made, fired: framesOf(history.fired).join("\n") };
}

/** The history as lines that can follow a message. */
export function describeHistory(history: History | undefined): string {
  if (history === undefined) return "";
  const { made, fired } = history;
  return `\nit was made:\n${made}` + (fired === undefined ? "" : `\nit was fired:\n${fired}`);
}
