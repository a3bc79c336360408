/**
 * What connects an argument that crosses as itself with the object that is made of it in the
 * worker, as long as the call lasts: both may send to the other, and the worker may wait for an
 * answer.
 */
import { type CallLink, type CurrentCall, linkOf } from "./current-call.ts";

/** Answers a question. @throws DataCloneError, and then another answer may be tried. */
export type Reply = (answer: unknown) => void;

/** The caller's end. */
export interface CallerLine {
  /** Has the reactor call it, in a later turn, in order. @throws QueueFullError */
  callFromThread(action: () => void): void;
  /** To the object in the worker, if the call runs. @throws DataCloneError */
  send(message: unknown): void;
  /** Of the reactor. */
  readonly clock: LineClock;
  /** Names the call's function among threads, where it is served in this thread. */
  readonly thread: number;
}

/** Time, as the caller's end may need it. */
export interface LineClock {
  callLater(delaySeconds: number, action: () => void): { readonly active: boolean; cancel(): void };
}

/** What the caller's end is told. */
export interface CallerEvents {
  told(message: unknown): void;
  /**
   * The worker waits for the answer.
   *
   * @param atOnce it cannot wait, as it is this thread: the answer comes before this returns, or
   *   not at all.
   */
  asked(question: unknown, reply: Reply, atOnce: boolean): void;
  /** The call has ended, its caller does not wait any more, or the reactor is stopping. */
  ended(): void;
}

/** The same events, if there are any, and `ending` when the call has ended. */
export function endingBy(ending: () => void, events?: CallerEvents): CallerEvents {
  return {
    told: (message) => events?.told(message),
    asked: (...question) => events?.asked(...question),
    ended() {
      events?.ended();
      ending();
    },
  };
}

/** The worker's end, which the function gets that makes the object anew, behind the data. */
export interface WorkerLine {
  /** Whether the call goes on. */
  open(): boolean;
  /** @throws DataCloneError */
  send(message: unknown): void;
  /**
   * Blocks until the question is answered; undefined where it would have to wait in the reactor's
   * own thread.
   *
   * @throws DataCloneError
   */
  ask(question: unknown): { readonly answer: unknown } | undefined;
  listen(hear: (message: unknown) => void): void;
  /** Has `ending`, which must not throw, called when the call has ended: nothing is heard then. */
  onEnd(ending: () => void): void;
  /**
   * The function waits for the caller's side, until the returned function is called: so virtual
   * time, which stands still while it does something real, may pass.
   */
  waits(): () => void;
}

/** The line of what a generator gives. */
export const ITEMS_LINE = -1;

/** What is on a line, as it is sent. */
export interface OnLine {
  /** Of which argument it is. */
  readonly line: number;
  readonly body: unknown;
}

export function isOnLine(message: unknown): message is OnLine {
  return typeof message === "object" && message !== null && "line" in message;
}

/** The worker's ends of all lines of a call. */
export class WorkerLines {
  readonly #call: CurrentCall;
  readonly #link: CallLink;
  readonly #ears = new Map<number, (message: unknown) => void>();

  constructor(call: CurrentCall) {
    this.#call = call;
    this.#link = linkOf(call);
    this.#link.listen((message) => {
      if (isOnLine(message)) this.#ears.get(message.line)?.(message.body);
    });
  }

  line(index: number): WorkerLine {
    const link = this.#link;
    const on = (body: unknown): OnLine => ({ line: index, body });
    return {
      open: () => link.runs(),
      send: (message) => link.send(on(message)),
      ask: (question) => link.ask(on(question)),
      listen: (hear) => void this.#ears.set(index, hear),
      onEnd: (ending) => this.#call.onEnd(ending),
      waits: () => link.waits(),
    };
  }
}
