import { Deferred } from "../../defer/deferred.ts";
import { CancelledError } from "../../defer/errors.ts";
import type { Failure } from "../../defer/failure.ts";
import { fail, succeed } from "../../defer/fired.ts";
import { WebSocketClosedError } from "./errors.ts";
import { WebSocketProtocol } from "./websocket-protocol.ts";

/**
 * A WebSocket as an asynchronous iterable of its messages, whose peer is slowed down to the pace at
 * which they are asked for: no more than those of one chunk wait.
 *
 * The loop ends with the WebSocket: in silence when that has ended in order, else with the
 * WebSocketClosedError. To leave the loop is not to close: another one goes on behind it.
 */
export class WebSocketMessages
  extends WebSocketProtocol
  implements AsyncIterable<string | Uint8Array>
{
  /** Those who have asked. */
  #waiting: Deferred<string | Uint8Array>[] = [];
  /** Arrived before anybody has asked. */
  readonly #early: (string | Uint8Array)[] = [];
  #reason: Failure | undefined = undefined;

  /** Sends a message; see the transport's. */
  send(message: string | Uint8Array): boolean {
    return this.transport.send(message);
  }

  /** Ends it; see the transport's. */
  close(code?: number, reason?: string): void {
    this.transport.close(code, reason);
  }

  /**
   * Fires with the next message; those who ask first are given first. Fails, with the
   * WebSocketClosedError, when there will be none. Cancelling leaves the message to whoever asks
   * next.
   */
  receive(): Deferred<string | Uint8Array> {
    const early = this.#early.shift();
    if (early !== undefined) return succeed(early);
    if (this.#reason !== undefined) return fail(this.#reason);
    const waiting = new Deferred<string | Uint8Array>(() => {
      this.#waiting = this.#waiting.filter((other) => other !== waiting);
      waiting.errback(new CancelledError());
    });
    this.#waiting.push(waiting);
    this.transport.resumeProducing();
    return waiting;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string | Uint8Array, void, undefined> {
    for (;;) {
      let message: string | Uint8Array;
      try {
        message = await this.receive();
      } catch (error) {
        if (error instanceof WebSocketClosedError && error.clean) return;
        throw error;
      }
      yield message;
    }
  }

  override messageReceived(message: string | Uint8Array): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#early.push(message);
    else waiting.callback(message);
    if (this.#waiting.length === 0) this.transport.pauseProducing();
  }

  override connectionLost(reason: Failure): void {
    this.#reason = reason;
    for (const waiting of this.#waiting.splice(0)) {
      // One that was told before may have cancelled it.
      if (!waiting.called) waiting.errback(reason);
    }
  }
}
