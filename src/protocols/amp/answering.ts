import { messageOf } from "../../core/errors.ts";
import { Deferred } from "../../defer/deferred.ts";
import { waitable } from "../../defer/waitable.ts";
import type { StreamProtocol } from "../../reactor/transport.ts";
import type { AMP } from "./amp.ts";
import type { Box } from "./box.ts";
import { type RemoteForm, UNHANDLED } from "./command.ts";
import { encodeError, UNKNOWN_FORM } from "./error-box.ts";
import { BadArgumentError, UnhandledCommandError } from "./errors.ts";
import type { Located } from "./locator.ts";

/** What answering needs of the connection. */
export interface AnsweringSide {
  readonly amp: AMP;
  /** Whether nothing is sent any more. */
  isOver(): boolean;
  send(box: Uint8Array): void;
  /** Sends the last box, and goes over to another protocol. */
  handOver(ask: Uint8Array, box: Uint8Array, protocol: StreamProtocol): void;
  /** Closes the connection behind what was sent. */
  lose(error: Error): void;
  /** A question will be answered later; it was. */
  begun(): void;
  done(): void;
}

/** The peer's questions on their way to responders, and back. */
export class Answering {
  readonly #side: AnsweringSide;

  constructor(side: AnsweringSide) {
    this.#side = side;
  }

  /** @param ask what the answer will bear; undefined if none is wanted. */
  ask(ask: Uint8Array | undefined, located: Located, box: Box): void {
    let result: unknown;
    try {
      result = located.respond(located.command.decodeQuestion(box), this.#side.amp);
    } catch (error) {
      this.#fail(ask, located, error);
      return;
    }
    const later = waitable(result);
    if (later === undefined) {
      this.#answer(ask, located, result);
      return;
    }
    this.#side.begun();
    later.addCallbacks(
      (value) => {
        this.#answer(ask, located, value);
        this.#side.done();
      },
      (failure) => {
        this.#fail(ask, located, failure.value);
        this.#side.done();
      },
    );
  }

  /** Nobody answers this command. */
  refuse(ask: Uint8Array | undefined, name: string): void {
    const error = new UnhandledCommandError(`nobody answers the command "${name}"`);
    if (ask === undefined) this.#side.lose(error);
    else this.#side.send(encodeError(ask, UNHANDLED, error.message));
  }

  #answer(ask: Uint8Array | undefined, { command }: Located, value: unknown): void {
    const side = this.#side;
    if (side.isOver() || ask === undefined) return;
    let box: Uint8Array;
    try {
      if (command.kind === "switch") checkProtocol(value, command.name);
      box = command.encodeAnswer(ask, value ?? {});
    } catch (error) {
      this.#tell(ask, UNKNOWN_FORM, error);
      return;
    }
    if (command.kind === "switch") side.handOver(ask, box, value as StreamProtocol);
    else side.send(box);
  }

  #fail(ask: Uint8Array | undefined, { command }: Located, error: unknown): void {
    this.#tell(ask, command.formOf(error) ?? UNKNOWN_FORM, error);
  }

  #tell(ask: Uint8Array | undefined, form: RemoteForm, error: unknown): void {
    const side = this.#side;
    const isUnknown = form === UNKNOWN_FORM;
    // What the peer is not told is reported here.
    if (isUnknown || ask === undefined) new Deferred<never>().errback(error);
    if (side.isOver()) return;
    if (ask !== undefined) {
      side.send(encodeError(ask, form.code, isUnknown ? "Unknown Error" : messageOf(error)));
    }
    if (form.fatal || ask === undefined) {
      side.lose(error instanceof Error ? error : new Error(messageOf(error)));
    }
  }
}

function checkProtocol(value: unknown, name: string): void {
  if (typeof (value as Partial<StreamProtocol> | undefined)?.makeConnection === "function") return;
  throw new BadArgumentError(`the responder of ${name} has not returned a protocol`);
}
