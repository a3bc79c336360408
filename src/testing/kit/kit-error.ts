import { SkeinError } from "../../core/errors.ts";

/**
 * The kit's errors say all in their message: a stack would only show the kit. The message has
 * places as mocha shows them, from the working folder on, or mocha would print it twice; the stack
 * has them whole, for those who look into the files.
 */
export abstract class KitError extends SkeinError {
  constructor(message: string, options?: ErrorOptions) {
    super(fromWorkingFolder(message), options);
    this.stack = message;
  }
}

function fromWorkingFolder(text: string): string {
  const { process } = globalThis as { process?: { cwd?(): string } };
  const folder = process?.cwd?.();
  if (folder === undefined) return text;
  return text.replaceAll(`(${folder}${folder.includes("\\") ? "\\" : "/"}`, "(");
}
