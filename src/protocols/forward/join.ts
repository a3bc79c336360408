import type { Failure } from "../../defer/failure.ts";
import { ConnectionDoneError } from "../../reactor/errors.ts";
import type { HalfCloseableProtocol, Transport } from "../../reactor/transport.ts";

/**
 * Makes two connections one: each gets what arrives on the other, no faster than it can send.
 *
 * - What one peer ends, its direction, ends for the other peer; the other direction goes on.
 * - When one connection ends, so does the other: cleanly, once it has sent what it has, or cut off
 *   where the first one was lost, so that what is cut short never looks whole.
 *
 * They begin to read, also where they were paused. The protocols that they had are told nothing.
 *
 * @param rest what was received on `a` and not used: for `b`.
 */
export function joinTransports(a: Transport, b: Transport, rest?: Uint8Array): void {
  a.setProtocol(new JoinedEnd(b), rest);
  b.setProtocol(new JoinedEnd(a));
  a.registerProducer(b, true);
  b.registerProducer(a, true);
  a.resumeProducing();
  b.resumeProducing();
}

class JoinedEnd implements HalfCloseableProtocol {
  readonly #other: Transport;

  constructor(other: Transport) {
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
}
