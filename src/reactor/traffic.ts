/** Bytes that one connection, or all of them, have moved over the wire. */
export interface Traffic {
  readonly bytesReceived: number;
  /** Those too that the system has not taken yet. */
  readonly bytesSent: number;
}

/** Connections of a backend that counts their bytes. */
export interface CountsTraffic {
  traffic(): Traffic;
}
