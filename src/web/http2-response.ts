import { Http2ServerResponse } from "node:http2";

/**
 * An answer by HTTP/2, with what those by HTTP/1.1 tell and node:http2's leave out: who writes by
 * their leave would neither wait for a client that is slow, nor see that it has gone.
 */
export class Http2Response extends Http2ServerResponse {
  /** Whether nobody is there to read it any more. */
  get destroyed(): boolean {
    return this.stream.destroyed;
  }

  /** Whether to wait for 'drain' before more is written. */
  get writableNeedDrain(): boolean {
    return this.stream.writableNeedDrain;
  }
}
