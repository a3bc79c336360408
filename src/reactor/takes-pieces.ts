/**
 * Connections that hand several pieces to the system in one call, and tell when it has taken them:
 * what a stream of node:stream over a connection needs, which has a queue of its own.
 */
export interface TakesPieces {
  /**
   * Writes the pieces, one at least, in their order, and calls `taken` once, in a later turn, when
   * the system has taken all of them; never if the connection ends before. False says that it has
   * done nothing, as the connection goes by TLS or is closing: then write() is to be used.
   */
  writePieces(pieces: readonly Uint8Array[], taken: () => void): boolean;
}
