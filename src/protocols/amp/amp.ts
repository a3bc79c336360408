import { BadOptionError, QueueFullError } from "../../core/errors.ts";
import { Deferred } from "../../defer/deferred.ts";
import { Failure } from "../../defer/failure.ts";
import { fail } from "../../defer/fired.ts";
import type { StartTLSOptions } from "../../reactor/tls.ts";
import type { StreamProtocol } from "../../reactor/transport.ts";
import { BadFrameError } from "../errors.ts";
import { FramedProtocol } from "../framed-protocol.ts";
import { Answering } from "./answering.ts";
import { BoxDecoder, MAX_BOX_BYTES } from "./box-decoder.ts";
import type { Box } from "./box.ts";
import { type AnyCommand, command, type Command } from "./command.ts";
import { encodeError } from "./error-box.ts";
import { ProtocolSwitchedError } from "./errors.ts";
import { CommandLocator, type Responder, type ResponderLocator } from "./locator.ts";
import { Outbox } from "./outbox.ts";
import { Questions } from "./questions.ts";
import { Reading } from "./reading.ts";
import { textOf } from "./wire-text.ts";

const MAX_QUESTIONS = 65_536;
const MAX_UNANSWERED = 1000;
/** Known to Twisted's by this name. */
const StartTLS = command("StartTLS");

export interface AMPOptions {
  /** Who answers what this protocol's own `respond` knows nothing of. */
  readonly locator?: ResponderLocator;
  /** How many questions of this side may wait for their answers; 65,536 unless given. */
  readonly maxQuestions?: number;
  /**
   * How many of the peer's questions may wait for answers that come later: when there are so many
   * no more is read, until half of them are answered; 1000 unless given.
   */
  readonly maxUnanswered?: number;
  /** The most bytes that a box of the peer's may have; 1 MiB unless given. */
  readonly maxBoxBytes?: number;
}

/** The arguments of a command: none need be given when all may be missing. */
export type Given<A> = Partial<A> extends A ? [values?: A] : [values: A];

/**
 * AMP, the Asynchronous Messaging Protocol, as Twisted speaks it: commands with typed arguments, to
 * and fro on one connection, each answered when its answer is there. docs/amp.md tells all.
 *
 * ```ts
 * import { AMP, command, integer } from "skein/amp";
 * import { ClientFactory, Factory } from "skein/protocols";
 * import { createReactor } from "skein/reactor";
 *
 * const Sum = command("Sum", {
 *   arguments: { a: integer, b: integer },
 *   response: { total: integer },
 *   errors: { TOO_MUCH: RangeError },
 * });
 * class Server extends AMP {
 *   constructor() {
 *     super();
 *     this.respond(Sum, ({ a, b }) => {
 *       if (a + b > 99) throw new RangeError(`${a} + ${b} is over 99`);
 *       return { total: a + b };
 *     });
 *   }
 * }
 * class Client extends AMP {
 *   override connectionMade(): void {
 *     void this.ask();
 *   }
 *   async ask(): Promise<void> {
 *     console.log((await this.callRemote(Sum, { a: 1, b: 2 })).total); // → 3
 *     try {
 *       await this.callRemote(Sum, { a: 50, b: 50 });
 *     } catch (error) {
 *       console.log(String(error)); // → RangeError: 50 + 50 is over 99
 *     }
 *   }
 * }
 * const reactor = createReactor("clock");
 * await reactor.advance(0);
 * reactor.listenTCP(7000, Factory.forProtocol(Server));
 * reactor.connectTCP("127.0.0.1", 7000, ClientFactory.forProtocol(Client));
 * await reactor.advance(1);
 * ```
 *
 * A class that overrides connectionLost, handshakeCompleted or frameReceived calls the one of AMP.
 */
export class AMP extends FramedProtocol<Box> {
  override readonly decoder: BoxDecoder;
  readonly #locator: ResponderLocator | undefined;
  readonly #responders = new CommandLocator();
  readonly #questions: Questions;
  readonly #outbox = new Outbox();
  readonly #reading: Reading;
  readonly #answering: Answering;
  /** Why nothing can be asked any more. */
  #ended: Failure | undefined = undefined;
  /** Waits for the end of a handshake that this side has asked for. */
  #securing: Deferred<void> | undefined = undefined;
  /** Waits for the peer to agree to another protocol. */
  #switching = false;
  /** What the peer gets when it asks for TLS. */
  #tls: StartTLSOptions | undefined = undefined;

  constructor(options: AMPOptions = {}) {
    super();
    const { maxQuestions = MAX_QUESTIONS, maxUnanswered = MAX_UNANSWERED } = options;
    const { maxBoxBytes = MAX_BOX_BYTES } = options;
    for (const [name, limit] of Object.entries({ maxQuestions, maxUnanswered, maxBoxBytes })) {
      if (!(limit >= 1)) throw new BadOptionError(`${name} must be 1 or more, not ${limit}`);
    }
    this.decoder = new BoxDecoder({ maxBoxBytes });
    this.#locator = options.locator;
    this.#questions = new Questions(maxQuestions);
    this.#reading = new Reading(
      maxUnanswered,
      () => super.pauseProducing(),
      () => super.resumeProducing(),
    );
    this.#answering = new Answering({
      amp: this,
      isOver: () => this.#ended !== undefined,
      send: (box) => this.#send(box),
      handOver: (ask, box, protocol) => this.#answerSwitch(ask, box, protocol),
      lose: (error) => this.transport.loseConnection(error),
      begun: () => this.#reading.begun(),
      done: () => this.#reading.done(),
    });
  }

  // --- asking ---

  /**
   * Asks the peer. Fires with the answer; without one to come, as soon as the question is written.
   * Fails with the errors that the command declares, and with
   *
   * - BadArgumentError, ValueTooLongError: it cannot be sent, or the answer is none;
   * - UnhandledCommandError, UnknownRemoteError: what the peer says;
   * - the reason of the connection's end, or NotConnectedError, ProtocolSwitchedError;
   * - QueueFullError: `maxQuestions` wait for answers, or half of the transport's
   *   `maxBufferedBytes` wait to be sent.
   *
   * Answers may come in any order. Cancelling forgets the answer: the peer goes on working at it.
   */
  callRemote<A, R>(asked: Command<A, R>, ...given: Given<NoInfer<A>>): Deferred<R> {
    const cannot = this.#cannotAsk();
    if (cannot !== undefined) return fail(cannot);
    try {
      return this.#ask(asked, given[0] ?? {}) as Deferred<R>;
    } catch (error) {
      return fail(error);
    }
  }

  /**
   * Asks the peer to go on by TLS, as Twisted's StartTLS does; this side then is the TLS server if
   * the connection was accepted, else its client. Fires when the handshake has ended; fails as
   * {@link callRemote}, also if the peer refuses (the connection then goes on in plain text), and
   * with the TLSError that has ended the connection.
   *
   * What is asked from here on is sent by TLS; it fails, unsent, if the peer refuses. Cancelling
   * aborts the connection, as nobody can say by what it goes on.
   */
  startTLS(options: StartTLSOptions): Deferred<void> {
    const { result, answer } = this.#askAlone<void>(StartTLS, {});
    if (answer === undefined) return result;
    this.#securing = result;
    answer.addCallbacks(
      () => this.#outbox.release(this.transport, this.#goSecure(options)),
      (failure) => {
        this.#securing = undefined;
        this.#outbox.release(this.transport, failure);
        if (!result.called) result.errback(failure);
      },
    );
    return result;
  }

  /**
   * Asks the peer to go over to another protocol. If it agrees, `build` makes the one for this
   * side, which takes the connection and whatever bytes have come for it; the Deferred fires with
   * it, and all else that was asked fails with ProtocolSwitchedError. If not, it fails as
   * {@link callRemote}, and nothing has changed. Meanwhile nothing else can be asked.
   *
   * Cancelling aborts the connection.
   */
  switchProtocol<A, P extends StreamProtocol>(
    asked: Command<A, StreamProtocol, "switch">,
    values: A,
    build: () => P,
  ): Deferred<P> {
    const { result, answer } = this.#askAlone<P>(asked, values);
    if (answer === undefined) return result;
    this.#switching = true;
    answer.addCallbacks(
      () => {
        try {
          const protocol = build();
          this.#handOver(protocol);
          if (!result.called) result.callback(protocol);
        } catch (error) {
          // The peer has gone over already.
          this.transport.abortConnection(error as Error);
          if (!result.called) result.errback(error);
        }
      },
      (failure) => {
        this.#switching = false;
        this.#outbox.release(this.transport, failure);
        if (!result.called) result.errback(failure);
      },
    );
    return result;
  }

  // --- answering ---

  /**
   * Has a command answered: by what the responder returns, at once or later. An error that the
   * command declares is the answer; any other is reported here, told to the peer as
   * UNKNOWN, and ends the connection.
   */
  respond<A, R, Kind extends "call" | "switch">(
    answered: Command<A, R, Kind>,
    responder: Responder<A, NoInfer<R>>,
  ): this {
    this.#responders.respond(answered, responder);
    return this;
  }

  /** Goes over to TLS when the peer asks for it. Unless called, the peer is told UNHANDLED. */
  acceptTLS(options: StartTLSOptions): void {
    this.#tls = options;
  }

  // --- what the connection calls ---

  override pauseProducing(): void {
    this.#reading.byUser(true);
  }

  override resumeProducing(): void {
    this.#reading.byUser(false);
  }

  override handshakeCompleted(): void {
    const securing = this.#securing;
    this.#securing = undefined;
    if (securing?.called === false) securing.callback();
  }

  override connectionLost(reason: Failure): void {
    this.#end(reason);
  }

  override frameReceived(box: Box): void {
    const answer = box.get("_answer");
    const error = box.get("_error");
    try {
      if (answer !== undefined) this.#questions.answered(answer, box);
      else if (error !== undefined) this.#questions.failed(error, box);
      else this.#asked(box);
    } catch (thrown) {
      // A peer that says what means nothing is no peer. All else is told by Deferreds.
      if (!(thrown instanceof BadFrameError)) throw thrown;
      this.transport.loseConnection(thrown);
    }
  }

  // --- parts: asking ---

  #cannotAsk(): Failure | Error | undefined {
    return this.#ended ?? (this.#switching ? new ProtocolSwitchedError() : undefined);
  }

  #ask(asked: AnyCommand, values: unknown): Deferred<unknown> {
    const { transport } = this;
    const { maxBufferedBytes } = transport;
    if (transport.bufferedBytes > maxBufferedBytes / 2) {
      throw new QueueFullError(`over ${maxBufferedBytes / 2} bytes wait to be sent to the peer`);
    }
    if (!asked.requiresAnswer) {
      const box = asked.encodeQuestion(undefined, values);
      const sent = new Deferred<unknown>();
      this.#outbox.send(transport, box, {
        sent: () => sent.callback(undefined),
        refused: (reason) => sent.errback(reason),
      });
      return sent;
    }
    const number = this.#questions.nextNumber();
    const box = asked.encodeQuestion(number.toString(16), values);
    const answer = this.#questions.add(number, asked);
    const refused = (reason: Failure): void => this.#questions.fail(number, reason);
    this.#outbox.send(transport, box, this.#outbox.holding ? { refused } : undefined);
    return answer;
  }

  /** Asks for another state of the connection; what would be sent waits for the answer. */
  #askAlone<T>(
    asked: AnyCommand,
    values: unknown,
  ): { result: Deferred<T>; answer: Deferred<unknown> | undefined } {
    const cannot = this.#cannotAsk();
    if (cannot !== undefined) return { result: fail(cannot), answer: undefined };
    try {
      // Of two such questions at once, each could be for before the other, or for behind it.
      if (this.#securing !== undefined) throw new BadOptionError("startTLS() is under way");
      if (asked === StartTLS && this.transport.encrypted) {
        throw new BadOptionError("the connection goes by TLS already");
      }
      const answer = this.#ask(asked, values);
      this.#outbox.hold();
      const result = new Deferred<T>(() => this.transport.abortConnection());
      return { result, answer };
    } catch (error) {
      return { result: fail(error), answer: undefined };
    }
  }

  // --- parts: answering ---

  #asked(box: Box): void {
    const named = box.get("_command");
    if (named === undefined) {
      throw new BadFrameError("AMP box", "there is neither question nor answer in it");
    }
    const ask = box.get("_ask");
    const name = textOf(named);
    const located = this.#responders.locateResponder(name) ?? this.#locator?.locateResponder(name);
    if (located !== undefined) this.#answering.ask(ask, located, box);
    else if (name === StartTLS.name && this.#tls !== undefined) this.#secure(ask, this.#tls);
    else this.#answering.refuse(ask, name);
  }

  /** Sends an answer. The peer is to take its answers before it is given more. */
  #send(box: Uint8Array): void {
    const { transport } = this;
    this.#outbox.send(transport, box);
    if (transport.bufferedBytes > transport.maxBufferedBytes / 2) {
      this.#reading.waitFor(() => transport.whenDrained());
    }
  }

  // --- parts: becoming another ---

  /** The peer asks for TLS. */
  #secure(ask: Uint8Array | undefined, options: StartTLSOptions): void {
    if (ask === undefined) return;
    const { transport } = this;
    // Both at once cannot be told apart from one after the other, and twice there is none.
    if (this.#securing !== undefined || transport.encrypted) {
      transport.write(encodeError(ask, "TLS_ERROR", "TLS is up, or was asked for, already"));
      return;
    }
    transport.write(StartTLS.encodeAnswer(ask, {}));
    this.#goSecure(options);
  }

  /** Gives why it cannot: the peer has begun, and the connection is of no use any more. */
  #goSecure(options: StartTLSOptions): Failure | undefined {
    try {
      this.transport.startTLS(options);
      return undefined;
    } catch (error) {
      this.transport.abortConnection(error as Error);
      return new Failure(error);
    }
  }

  /** The peer asks for another protocol, and may have it. */
  #answerSwitch(ask: Uint8Array, box: Uint8Array, protocol: StreamProtocol): void {
    if (this.#outbox.holding) {
      this.transport.write(encodeError(ask, "SWITCH_ERROR", "another change is under way"));
      return;
    }
    this.transport.write(box);
    this.#handOver(protocol);
  }

  #handOver(protocol: StreamProtocol): void {
    const { transport } = this;
    this.#reading.stop();
    this.#ended = new Failure(new ProtocolSwitchedError());
    // What AMP has paused, it has to resume.
    transport.resumeProducing();
    transport.setProtocol(protocol, this.takeUnread());
    this.#questions.failAll(this.#ended);
  }

  #end(reason: Failure): void {
    this.#ended ??= reason;
    this.#reading.stop();
    this.#questions.failAll(this.#ended);
    const securing = this.#securing;
    this.#securing = undefined;
    if (securing?.called === false) securing.errback(reason);
  }
}
