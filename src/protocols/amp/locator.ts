import type { AMP } from "./amp.ts";
import type { AnyCommand, Command } from "./command.ts";

/** What a responder may return: an answer without values may be left out. */
export type Answer<R> = Partial<R> extends R ? R | void : R;

/** Answers a command: with its values, or one that comes later; what it throws is told too. */
export type Responder<A, R> = (values: A, amp: AMP) => Answer<R> | PromiseLike<Answer<R>>;

/** A responder with its command. */
export interface Located {
  readonly command: AnyCommand;
  readonly respond: Responder<unknown, unknown>;
}

/** Who answers the commands that come, by their names. */
export interface ResponderLocator {
  /** Undefined, where nobody does: the peer is told so. */
  locateResponder(name: string): Located | undefined;
}

/**
 * Responders for commands: one for many connections, or to be derived from.
 *
 * ```ts
 * import { command, CommandLocator, integer } from "skein/amp";
 *
 * const Sum = command("Sum", {
 *   arguments: { a: integer, b: integer },
 *   response: { total: integer },
 * });
 * class Arithmetic extends CommandLocator {
 *   constructor() {
 *     super();
 *     this.respond(Sum, ({ a, b }) => ({ total: a + b }));
 *   }
 * }
 * console.log(new Arithmetic().locateResponder("Sum")?.command === Sum); // → true
 * ```
 */
export class CommandLocator implements ResponderLocator {
  readonly #responders = new Map<string, Located>();

  /** Has a command answered; by this responder from now on, if it was by another. */
  respond<A, R, Kind extends "call" | "switch">(
    command: Command<A, R, Kind>,
    responder: Responder<A, NoInfer<R>>,
  ): this {
    const located = { command, respond: responder };
    this.#responders.set(command.name, located as Located);
    return this;
  }

  locateResponder(name: string): Located | undefined {
    return this.#responders.get(name);
  }
}
