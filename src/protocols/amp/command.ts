import { BadOptionError } from "../../core/errors.ts";
import type { StreamProtocol } from "../../reactor/transport.ts";
import type { Schema, Values } from "./argument.ts";
import { type Box, MAX_VALUE_BYTES } from "./box.ts";
import { UnhandledCommandError, UnknownRemoteError } from "./errors.ts";
import { Fields, type Untyped } from "./fields.ts";
import { keyOf } from "./wire-text.ts";

/** Errors that cross as their codes: made anew on the other side, of what was their message. */
export type RemoteErrors = Readonly<Record<string, new (message: string) => Error>>;

/** No values at all. */
export type Nothing = Readonly<Record<string, never>>;

/** What a command is, to both sides. */
export interface CommandSpec<A extends Schema, R extends Schema> {
  /** What is asked with. */
  readonly arguments?: A;
  /** What an answer holds. */
  readonly response?: R;
  /** By their codes. An error is told by the first class that it is an instance of. */
  readonly errors?: RemoteErrors;
  /** As `errors`; and the side that answers with one closes the connection behind it. */
  readonly fatalErrors?: RemoteErrors;
  /** False asks for no answer: the call has succeeded when it is written. */
  readonly requiresAnswer?: boolean;
}

/** The code of what no command need declare: that nobody answers it. */
export const UNHANDLED = "UNHANDLED";

/** How an error crosses. */
export interface RemoteForm {
  readonly code: string;
  readonly fatal: boolean;
}

/**
 * A question and its answer, as both sides know it; {@link command} makes them.
 *
 * `Kind` tells one whose answer is that the connection goes over to another protocol.
 */
export class Command<A, R, Kind extends "call" | "switch" = "call"> {
  /** Under which it is known to the peer. */
  readonly name: string;
  readonly kind: Kind;
  readonly requiresAnswer: boolean;
  readonly #arguments: Fields;
  readonly #response: Fields;
  readonly #errors: readonly (readonly [
    code: string,
    Class: RemoteErrors[string],
    fatal: boolean,
  ])[];

  constructor(kind: Kind, name: string, spec: CommandSpec<Schema, Schema>) {
    const { arguments: given = {}, response = {}, errors = {}, fatalErrors = {} } = spec;
    const { length } = keyOf(name);
    if (length === 0 || length > MAX_VALUE_BYTES) {
      throw new BadOptionError(`a command's name has from 1 to ${MAX_VALUE_BYTES} bytes`);
    }
    this.name = name;
    this.kind = kind;
    this.requiresAnswer = spec.requiresAnswer ?? true;
    this.#arguments = new Fields(given, ["_ask", "_command"]);
    this.#response = new Fields(response, ["_answer"]);
    this.#errors = [
      ...Object.entries(errors).map(([code, Class]) => [code, Class, false] as const),
      ...Object.entries(fatalErrors).map(([code, Class]) => [code, Class, true] as const),
    ];
  }

  /** @param tag undefined asks for no answer. @throws BadArgumentError, ValueTooLongError */
  encodeQuestion(tag: string | undefined, values: A): Uint8Array {
    this.#arguments.refuseOthers(values as Untyped, this.name);
    return this.#arguments.encode(values as Untyped, [tag, this.name], this.name);
  }

  /** @throws BadArgumentError */
  decodeQuestion(box: Box): A {
    return this.#arguments.decode(box, this.name) as A;
  }

  /** @throws BadArgumentError, ValueTooLongError */
  encodeAnswer(tag: Uint8Array, values: R): Uint8Array {
    return this.#response.encode(values as Untyped, [tag], `the answer to ${this.name}`);
  }

  /** @throws BadArgumentError */
  decodeAnswer(box: Box): R {
    return this.#response.decode(box, `the answer to ${this.name}`) as R;
  }

  /** How an error is told to the peer; undefined for those that the command does not declare. */
  formOf(error: unknown): RemoteForm | undefined {
    const found = this.#errors.find(([, Class]) => error instanceof Class);
    return found && { code: found[0], fatal: found[2] };
  }

  /** The error that the peer has told of. */
  errorFrom(code: string, description: string): Error {
    const found = this.#errors.find(([known]) => known === code);
    if (found !== undefined) return new found[1](description);
    if (code === UNHANDLED) return new UnhandledCommandError(description);
    return new UnknownRemoteError(this.name, code, description);
  }
}

/** Any command, of which nothing is known but that it is one. */
export type AnyCommand = Command<unknown, unknown, "call" | "switch">;

/**
 * Declares a command, for both sides.
 *
 * ```ts
 * import { command, float } from "skein/amp";
 *
 * class DivisionByZeroError extends Error {}
 * const Divide = command("Divide", {
 *   arguments: { numerator: float, denominator: float },
 *   response: { result: float },
 *   errors: { ZERO_DIVISION: DivisionByZeroError },
 * });
 * console.log(Divide.name); // → Divide
 * ```
 *
 * @throws BadOptionError for a name under which nothing can be sent
 */
export function command<A extends Schema = Nothing, R extends Schema = Nothing>(
  name: string,
  spec: CommandSpec<A, R> = {},
): Command<Values<A>, Values<R>> {
  return new Command("call", name, spec);
}

/**
 * Declares a command behind whose answer both sides go over to another protocol: its responder
 * returns the one for its side, and `amp.switchProtocol()` makes the other's.
 */
export function switchCommand<A extends Schema = Nothing>(
  name: string,
  spec: Pick<CommandSpec<A, Schema>, "arguments" | "errors" | "fatalErrors"> = {},
): Command<Values<A>, StreamProtocol, "switch"> {
  return new Command("switch", name, spec);
}
