import type { Failure } from "../../defer/failure.ts";
import { ConnectionDoneError } from "../../reactor/errors.ts";
import type { PushProducer } from "../../reactor/producer.ts";
import type { HalfCloseableProtocol, Transport } from "../../reactor/transport.ts";

/**
 * Makes two connections one: each gets what arrives on the other, no faster than it can send.
 *
 * - What one peer ends, its direction, ends for the other peer; the other direction goes on.
 * - When one connection ends, so does the other: cleanly, once it has sent what it has, or cut off
 *   where the first one was lost, so that what is cut short never looks whole.
 *
 * They begin to read, also where they were paused. The protocols that they had are told nothing. If
 * one has ended already, the other is closed.
 *
 * @param rest what was received on `a` and not used: for `b`.
 */
export function joinTransports(a: Transport, b: Transport, rest?: Uint8Array): void {
  const [endA, endB] = [new JoinedEnd(a, b), new JoinedEnd(b, a)];
  a.setProtocol(endA, rest);
  b.setProtocol(endB);
  a.registerProducer(endB, true);
  b.registerProducer(endA, true);
  a.resumeProducing();
  b.resumeProducing();
  if (!a.connected) b.loseConnection();
  if (!b.connected) a.loseConnection();
}

/** The protocol of one connection, and the producer for the other. */
class JoinedEnd implements HalfCloseableProtocol, PushProducer {
  readonly #own: Transport;
  readonly #other: Transport;

  constructor(own: Transport, other: Transport) {
    this.#own = own;
    this.#other = other;
  }

  makeConnection(): void {}

  dataReceived(data: Uint8Array): void {
    this.#other.write(data);
  }

  readConnectionLost(): void {
    this.#other.loseWriteConnection();
  }

  writeConnectionLost(): void {}

  connectionLost(reason: Failure): void {
    if (reason.check(ConnectionDoneError)) this.#other.loseConnection();
    else this.#other.abortConnection(reason.value as Error);
  }

  pauseProducing(): void {
    this.#own.pauseProducing();
  }

  resumeProducing(): void {
    this.#own.resumeProducing();
  }

  /** The other's protocol is told as well, and knows why. */
  stopProducing(): void {}
}
