/** In what the two languages differ, as far as programs go. */
export interface Syntax {
  /** What comes before the program: what its text makes use of. */
  prelude(body: string): string;
  /** What comes after it, given the names of all its Deferreds. */
  ending(names: string, body: string): string;
  readonly indent: string;
  /** The end of a statement. */
  readonly end: string;
  /** The end of a function; empty if there is none. */
  readonly close: string;
  /** Whether a function must name the variables that it sets. */
  readonly global: boolean;
  /** Before the name of a variable that is new. */
  readonly variable: string;
  /** Before the name of a class of which an instance is made. */
  readonly create: string;
  readonly throw: string;
  readonly nothing: string;
  /** Declares variables, without a value. */
  declare(names: readonly string[]): string;
  arrow(expression: string): string;
  /** The names of options, all of which are true. */
  options(names: readonly string[]): string;
  /** The head of a function of `result`. */
  handler(name: string): string;
  /** The head of a generator. */
  generator(name: string): string;
  /** Notes a text, and perhaps a value behind it. */
  log(text: string, value?: string): string;
  ifAll(names: readonly string[]): string;
  /** Yields a value, and notes what comes back; perhaps what is caught is thrown again. */
  yield(generator: string, value: string, how: { again: boolean; star: boolean }): string[];
  /** Statements that make a function a generator, and do nothing. */
  readonly noYield: readonly string[];
}

/** Those of the names that a text contains. */
export function used(names: readonly string[], text: string): string[] {
  return names.filter((name) => new RegExp(`\\b${name}\\b`).test(text));
}
