import { LineReceiver } from "../line-receiver.ts";
import {
  formatIRCMessage,
  IRC_MESSAGE_BYTES,
  ircMessageBytes,
  type IRCMessage,
  parseIRCMessage,
} from "./message.ts";

/** Tags may be so long beside the message. */
const MAX_TAG_BYTES = 8191;

/**
 * One side of an IRC connection: derive from it. Lines may end in CR LF or LF; empty ones are none.
 *
 * ```ts
 * import { type IRCMessage, IRCReceiver } from "skein/protocols";
 * import { StringTransport } from "skein/testing";
 *
 * class Pong extends IRCReceiver {
 *   override messageReceived({ command, params }: IRCMessage): void {
 *     if (command === "PING") this.sendMessage("PONG", params);
 *   }
 *   override messageRefused(error: Error | undefined): void {
 *     console.log(error?.message ?? "too long");
 *   }
 * }
 * const pong = new Pong();
 * const transport = new StringTransport();
 * pong.makeConnection(transport);
 * pong.dataReceived(new TextEncoder().encode("PING :a b\r\n:nothing\r\n"));
 * // → the peer sent no IRC message: it has no command
 * console.log(transport.text().trimEnd()); // → PONG :a b
 * ```
 */
export abstract class IRCReceiver extends LineReceiver {
  override delimiter = "\n";
  override maxLength: number = MAX_TAG_BYTES + IRC_MESSAGE_BYTES + 1;

  /** A message has arrived. */
  abstract messageReceived(message: IRCMessage): void;

  /**
   * What has arrived is no message, and is dropped: `error` says why; undefined is that it is over
   * 510 bytes. Unless overridden, nothing is done.
   */
  messageRefused(_error: Error | undefined): void {}

  /** Sends a message; as transport.write(). @throws BadOptionError as formatIRCMessage. */
  sendMessage(command: string, params: readonly string[], prefix?: string): boolean {
    return this.transport.write(`${formatIRCMessage(command, params, prefix)}\r\n`);
  }

  override lineReceived(received: string): void {
    const line = received.endsWith("\r") ? received.slice(0, -1) : received;
    if (line === "") return;
    if (ircMessageBytes(line) > IRC_MESSAGE_BYTES) {
      this.messageRefused(undefined);
      return;
    }
    let message: IRCMessage;
    try {
      message = parseIRCMessage(line);
    } catch (error) {
      this.messageRefused(error as Error);
      return;
    }
    this.messageReceived(message);
  }

  override lineLengthExceeded(): void {
    this.messageRefused(undefined);
  }
}
