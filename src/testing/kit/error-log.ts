/** The errors that nobody handles while a test runs: on its reactor, in Deferreds, in promises. */
import { captureRejections } from "./rejections.ts";
import type { ErrorClass } from "../../defer/failure.ts";
import { onUnhandledFailure } from "../../defer/unhandled.ts";
import { UnexpectedErrorsError } from "./errors.ts";
import { count, wordError, wordFrames } from "./wording.ts";

interface Entry {
  readonly error: unknown;
  /** What went on, as it begins a line. */
  readonly doing: string;
  readonly made?: string | undefined;
}

export class ErrorLog {
  #entries: Entry[] = [];

  /** For a reactor's `onError`. */
  readonly reported = (error: unknown, doing: string): void => {
    this.#entries.push({ error, doing: `while ${doing}` });
  };

  /** From now on, until the returned function is called, all that is unhandled comes here. */
  listen(): () => void {
    const restore = onUnhandledFailure(
      ({ value }, history) => {
        const doing = "a failure in a Deferred that nobody handled";
        this.#entries.push({ error: value, doing, made: history?.made });
      },
      ({ value }) => {
        // After all it was handled.
        this.#entries = this.#entries.filter(({ error }) => error !== value);
      },
    );
    const release = captureRejections((error) => {
      this.#entries.push({ error, doing: "a promise's rejection that nobody handled" });
    });
    return () => {
      restore();
      release();
    };
  }

  /** Takes out the errors of these classes, all if there are none, and returns them. */
  flush(classes: readonly ErrorClass<unknown>[]): unknown[] {
    const isOf = ({ error }: Entry): boolean =>
      classes.length === 0 || classes.some((candidate) => error instanceof candidate);
    const flushed = this.#entries.filter(isOf);
    this.#entries = this.#entries.filter((entry) => !isOf(entry));
    return flushed.map(({ error }) => error);
  }

  /** What is left, as an error. */
  verdict(): UnexpectedErrorsError | undefined {
    const [first] = this.#entries;
    if (first === undefined) return undefined;
    const lines = this.#entries.map(({ error, doing, made }) => {
      const origin = made === undefined ? "" : `\n    the Deferred was made${wordFrames(made)}`;
      return wordError(error, doing) + origin;
    });
    const { error } = first;
    const name = error instanceof Error ? error.constructor.name : "";
    return new UnexpectedErrorsError(
      `${count(lines.length, "error")} came that the test did not expect:\n\n` +
        `${lines.join("\n")}\n\n` +
        `If that is meant to happen, take it out: flushErrors(${name})`,
      // Runners show an error's cause, and know no other.
      error instanceof Error ? { cause: error } : {},
    );
  }
}
