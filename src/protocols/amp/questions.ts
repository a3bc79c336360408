import { QueueFullError } from "../../core/errors.ts";
import { Deferred } from "../../defer/deferred.ts";
import type { Failure } from "../../defer/failure.ts";
import { BadFrameError } from "../errors.ts";
import type { Box } from "./box.ts";
import type { AnyCommand } from "./command.ts";
import { textOf } from "./wire-text.ts";

/** One that waits for its answer. */
interface Question {
  readonly command: AnyCommand;
  readonly answer: Deferred<unknown>;
}

const [ZERO, NINE, LOWER_A, LOWER_F] = [0x30, 0x39, 0x61, 0x66];

/** The questions of one connection that wait for an answer, by their numbers. */
export class Questions {
  readonly #most: number;
  readonly #waiting = new Map<number, Question>();
  /** The number of the last one. */
  #last = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** A number for a question, which need not be asked. @throws QueueFullError */
  nextNumber(): number {
    if (this.#waiting.size >= this.#most) {
      throw new QueueFullError(`${this.#most} questions wait for their answers already`);
    }
    return ++this.#last;
  }

  /** Has a question wait for its answer. Cancelling the Deferred forgets it. */
  add(number: number, command: AnyCommand): Deferred<unknown> {
    const answer = new Deferred<unknown>(() => void this.#waiting.delete(number));
    this.#waiting.set(number, { command, answer });
    return answer;
  }

  /** An answer has come. @throws BadFrameError for one to what was never asked */
  answered(tag: Uint8Array, box: Box): void {
    const question = this.#take(tag);
    if (question === undefined) return;
    let values: unknown;
    try {
      values = question.command.decodeAnswer(box);
    } catch (error) {
      question.answer.errback(error);
      return;
    }
    question.answer.callback(values);
  }

  /** An error has come. @throws BadFrameError as {@link answered}, and for half an error */
  failed(tag: Uint8Array, box: Box): void {
    const [code, description] = [box.get("_error_code"), box.get("_error_description")];
    if (code === undefined || description === undefined) {
      throw new BadFrameError("AMP box", "an error without its code or description");
    }
    const question = this.#take(tag);
    if (question === undefined) return;
    let error: unknown;
    try {
      error = question.command.errorFrom(textOf(code), textOf(description));
    } catch (thrown) {
      // By the constructor of an error's class.
      error = thrown;
    }
    question.answer.errback(error);
  }

  /** It will get no answer. */
  fail(number: number, reason: Failure): void {
    const question = this.#waiting.get(number);
    this.#waiting.delete(number);
    question?.answer.errback(reason);
  }

  /** In the order in which they were asked. */
  failAll(reason: Failure): void {
    for (const number of this.#waiting.keys()) this.fail(number, reason);
  }

  /** The question that an answer is for, which waits no more; undefined if it was cancelled. */
  #take(tag: Uint8Array): Question | undefined {
    const number = numberOf(tag);
    const question = this.#waiting.get(number);
    if (question !== undefined) this.#waiting.delete(number);
    else if (!(number >= 1 && number <= this.#last)) {
      throw new BadFrameError("AMP box", "it answers what nobody has asked");
    }
    return question;
  }
}

/** NaN for what is no number in hexadecimal digits. */
function numberOf(tag: Uint8Array): number {
  if (tag.length === 0 || tag.length > 13) return Number.NaN;
  let number = 0;
  for (let i = 0; i < tag.length; i++) {
    const digit = tag[i] as number;
    if (digit >= ZERO && digit <= NINE) number = number * 16 + digit - ZERO;
    else if (digit >= LOWER_A && digit <= LOWER_F) number = number * 16 + digit - LOWER_A + 10;
    else return Number.NaN;
  }
  return number;
}
