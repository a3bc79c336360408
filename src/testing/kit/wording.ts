/** How the kit's messages are set: what, and below it where it came from. */
import { messageOf } from "../../core/errors.ts";
import { isOwnFrame } from "../../core/stack.ts";
import type { OpenThing } from "../../reactor/capabilities.ts";
import { KitError } from "./kit-error.ts";
import { showValue } from "./show-value.ts";

/** So many calls say where something was made; those behind them are the runner's. */
const FRAMES_MAX = 4;
/** Whose calls say nothing about a test. */
const RUNNERS = /\(?node:|[/\\]node_modules[/\\]/;
/** This folder. */
const KIT = /[/\\]testing[/\\]kit[/\\]/;

/** Something that is open, with where it was made where that is known. */
export function wordThing({ kind, description, createdAt }: OpenThing): string {
  return `  ${kind}: ${description}${wordFrames(createdAt)}`;
}

/** An error that was reported, with its stack. */
export function wordError(error: unknown, doing: string): string {
  const named = error instanceof Error ? `${error.name}: ${error.message}` : messageOf(error);
  const message = named.replaceAll("\n", "\n    ");
  const stack = error instanceof Error ? error.stack : undefined;
  return `  ${doing}: ${message}${wordFrames(stack)}`;
}

/** The lines of a stack that speak of the test's code, each on a line of its own. */
export function wordFrames(stack: string | undefined): string {
  const frames = (stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  // Behind the kit's own calls are those of whoever runs the tests.
  const kit = frames.findIndex((line) => isOwnFrame(line) && KIT.test(line));
  if (kit >= 0) frames.length = kit;
  const telling = frames.filter((line) => !RUNNERS.test(line) && !isOwnFrame(line));
  return telling
    .slice(0, FRAMES_MAX)
    .map((line) => `\n      ${line.trim()}`)
    .join("");
}

/** "1 thing", "2 things". */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** A time as it is read, not as it was added up. */
export function wordSeconds(seconds: number): string {
  return `${Number(seconds.toFixed(6))} s`;
}

/** What was thrown, be it an error or not. */
export function wordThrown(thrown: unknown): string {
  return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : showValue(thrown);
}

/** Whether {@link addToMessage} can do anything. */
export function canBeAddedTo(error: unknown): error is Error {
  return error instanceof Error && !Object.isFrozen(error);
}

/** Adds a text to what an error says, and to its stack, which begins with that. */
export function addToMessage(error: unknown, text: string): unknown {
  if (!canBeAddedTo(error)) return error;
  const { message, stack } = error;
  try {
    error.message = `${message}\n\n${text}`;
    if (stack?.includes(message) === true) {
      error.stack = stack.replace(message, () => error.message);
    } else if (error instanceof KitError) {
      // It says the same in other words: where places are in whole paths.
      error.stack = `${stack}\n\n${text}`;
    }
  } catch {
    // Its message cannot be changed: it says what it says.
  }
  return error;
}
