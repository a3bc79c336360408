import type { Failure } from "../defer/failure.ts";
import type { StreamProtocol, Transport } from "../reactor/transport.ts";
import { NotConnectedError } from "./errors.ts";

/**
 * One connection's state and what it does with what arrives: derive from it.
 *
 * ```ts
 * import { Protocol } from "skein/protocols";
 *
 * class Echo extends Protocol {
 *   override dataReceived(data: Uint8Array): void {
 *     this.transport.write(data);
 *   }
 * }
 * console.log(typeof new Echo().connectionLost); // → function
 * ```
 *
 * An error that a method throws is reported, and ends this connection only, as its reason; one that
 * connectionLost throws is reported.
 *
 * A protocol that goes on in one direction when the other has ended `implements
 * HalfCloseableProtocol`, whose methods are not here: having them is what says so.
 */
export class Protocol implements StreamProtocol {
  #transport: Transport | undefined;

  /** The connection. @throws NotConnectedError before {@link connectionMade}. */
  get transport(): Transport {
    if (this.#transport === undefined) throw new NotConnectedError();
    return this.#transport;
  }

  /** Called by the reactor: takes the transport, then calls {@link connectionMade}. */
  makeConnection(transport: Transport): void {
    this.#transport = transport;
    this.connectionMade();
  }

  /** The connection is there; what is written now is the first that the peer gets. */
  connectionMade(): void {}

  /**
   * TLS is up: called right after connectionMade, or when a startTLS() has come to its end. From
   * here on `transport.getPeerCertificate()` and `transport.negotiatedProtocol` say who it is.
   */
  handshakeCompleted(): void {}

  /**
   * Bytes arrived, cut in any way. They are the protocol's to keep; `data.buffer` may hold others
   * beside them, as with any Buffer.
   */
  dataReceived(_data: Uint8Array): void {}

  /**
   * The connection has ended; the last call. `reason` holds ConnectionDoneError for a clean end,
   * else what went wrong.
   */
  connectionLost(_reason: Failure): void {}
}
