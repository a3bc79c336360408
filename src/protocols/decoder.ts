/**
 * What makes frames of bytes: lines, length-prefixed strings, commands. A decoder does no input and
 * output: it is tested by pushing bytes and asking for frames, and `FramedProtocol` puts it on a
 * connection.
 *
 * It is asked for frames one at a time, so that whoever takes them may pause, switch to another
 * mode or hand the connection on between any two. How the bytes are cut must make no difference.
 */
export interface Decoder<F> {
  /** Takes what has arrived. It throws nothing: what is wrong comes out of {@link next}. */
  push(data: Uint8Array): void;
  /**
   * The next frame; undefined until more arrives. Throws what is wrong with the bytes, as soon as
   * that is known: a length over the limit before its bytes have come. It is asked nothing then.
   */
  next(): F | undefined;
  /** Gives away what was pushed and is in no frame yet, and forgets it. */
  takeRest(): Uint8Array;
}
