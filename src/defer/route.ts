/**
 * The coroutines that an error passed through on its way out, which its own stack does not show: it
 * was made in a turn in which they were waiting.
 */
import { type Callee, framesOf, type Stack, takeStack } from "../core/stack.ts";

/** The longest route that is kept; an error that is thrown again and again has no end of it. */
const STATIONS_MAX = 32;

interface Station {
  readonly name: string;
  /** From the place in the coroutine on, if it is known. */
  readonly place: Stack | undefined;
}

const routes = new WeakMap<object, Station[]>();
/** An error that is being thrown at a `yield*`, and where that stands. */
let thrown: { readonly error: unknown; readonly place: Stack } | undefined;

/** Throws `error` from `thrower`, which a generator has called by `yield*`, and notes its place. */
export function throwAt(error: unknown, thrower: Callee): never {
  thrown = { error, place: takeStack(thrower) };
  throw error;
}

/** An error is about to be thrown at a `yield`: what came of the one before is over. */
export function noteEntering(): void {
  thrown = undefined;
}

/**
 * An error has come out of the coroutine called `name`.
 *
 * @param sent what was thrown into it at a `yield`. An error that is neither that nor from a
 *   `yield*` was made inside, and its stack shows so.
 */
export function noteLeaving(error: unknown, name: string, sent: unknown): void {
  const place = thrown?.error === error ? thrown?.place : undefined;
  thrown = undefined;
  if (typeof error !== "object" || error === null) return;
  if (place === undefined && sent !== error) return;
  let route = routes.get(error);
  if (route === undefined) routes.set(error, (route = []));
  if (route.length < STATIONS_MAX) route.push({ name, place });
}

/** Lines to come after the error's own stack, each with a newline before it. */
export function describeRoute(error: unknown): string {
  // What is no object has none.
  return (routes.get(error as object) ?? []).map((station) => `\n${describe(station)}`).join("");
}

function describe({ name, place }: Station): string {
  const frame = place === undefined ? undefined : framesOf(place)[0];
  return frame === undefined ? `    at async ${name}` : frame.replace(/^\s*at /, "    at async ");
}
