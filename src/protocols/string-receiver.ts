import { FramedProtocol } from "./framed-protocol.ts";

/** The most bytes that a string may have, unless set: as in Twisted. */
export const MAX_LENGTH_BYTES = 99_999;

/** May change between any two strings. */
export interface StringFormat {
  /** The most bytes that a string may have. */
  readonly maxLength: number;
}

/**
 * A protocol of strings of bytes, whatever marks their ends: derive from NetstringReceiver,
 * Int8StringReceiver, Int16StringReceiver or Int32StringReceiver.
 *
 * A peer that announces a string longer than `maxLength` loses its connection before any of that
 * string is kept, with FrameTooLongError as the reason; `decodingFailed` may do otherwise.
 */
export abstract class StringReceiver extends FramedProtocol<Uint8Array> implements StringFormat {
  /** The most bytes that a string may have which is received; set it as you like. */
  maxLength: number = MAX_LENGTH_BYTES;

  /** A whole string has arrived; it is the protocol's to keep. */
  abstract stringReceived(string: Uint8Array): void;

  /**
   * Sends a string; text is sent as UTF-8. As transport.write(), it says whether the peer keeps up.
   * @throws BadOptionError when it is longer than its length can be told
   */
  abstract sendString(string: Uint8Array | string): boolean;

  override frameReceived(string: Uint8Array): void {
    this.stringReceived(string);
  }
}
