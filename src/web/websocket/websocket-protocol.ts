import type { Failure } from "../../defer/failure.ts";
import { NotConnectedError } from "../../protocols/errors.ts";
import type { WebSocketTransport } from "./websocket-transport.ts";

/**
 * One WebSocket's state and what it does with the messages that arrive: derive from it.
 *
 * An error that a method throws is reported, and ends this WebSocket only, with the code 1011.
 */
export class WebSocketProtocol {
  #transport: WebSocketTransport | undefined = undefined;

  /** The connection. @throws NotConnectedError before {@link connectionMade}. */
  get transport(): WebSocketTransport {
    if (this.#transport === undefined) throw new NotConnectedError();
    return this.#transport;
  }

  /** Called by who has made the connection: takes it, then calls {@link connectionMade}. */
  makeConnection(transport: WebSocketTransport): void {
    this.#transport = transport;
    this.connectionMade();
  }

  /** The WebSocket is open. */
  connectionMade(): void {}

  /** A whole message: text, or bytes, which are yours to keep. Calls one of the next two. */
  messageReceived(message: string | Uint8Array): void {
    if (typeof message === "string") this.textReceived(message);
    else this.binaryReceived(message);
  }

  textReceived(_text: string): void {}

  binaryReceived(_bytes: Uint8Array): void {}

  /** The WebSocket has ended; the last call. `reason` holds a WebSocketClosedError. */
  connectionLost(_reason: Failure): void {}
}
