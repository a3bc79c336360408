import { BadOptionError, messageOf } from "../core/errors.ts";

/** The part of a Standard Schema (standardschema.dev) that is used here: zod's and its kin. */
export interface OptionSchema {
  readonly "~standard": {
    readonly validate: (value: unknown) => unknown;
  };
}

/**
 * What a value must be like: a function that throws, or returns what it should be ("a port"); or a
 * Standard Schema, which says whether: what it would make of the value is not used.
 */
export type OptionCheck<T> = ((value: T) => string | undefined | void) | OptionSchema;

/**
 * Checks a value that is of the right type.
 *
 * @param what the option, or the variable, as the message calls it.
 * @throws BadOptionError
 */
export function checkValue(
  what: string,
  check: OptionCheck<never> | undefined,
  value: unknown,
  shown: string,
): void {
  const complaint = check === undefined ? undefined : complaintOf(check, value);
  if (complaint === undefined) return;
  throw new BadOptionError(`${what} cannot be ${shown}: ${complaint}`);
}

function complaintOf(check: OptionCheck<never>, value: unknown): string | undefined {
  try {
    if (typeof check === "function") return check(value as never) ?? undefined;
    return complaintOfSchema(check["~standard"].validate(value));
  } catch (error) {
    return messageOf(error);
  }
}

function complaintOfSchema(result: unknown): string | undefined {
  if (result instanceof Promise) return "its schema takes time, and options cannot wait for it";
  const { issues } = result as { issues?: readonly { readonly message: string }[] };
  return issues?.map(({ message }) => message).join("; ");
}
