import { Http2ServerResponse } from "node:http2";

/**
 * An answer by HTTP/2, with what those by HTTP/1.1 tell and node:http2's leave out: who writes by
 * their leave would neither wait for a client that is slow, nor see that it has gone.
 */
export class Http2Response extends Http2ServerResponse {}

// The types have them, as fields.
Object.defineProperties(Http2Response.prototype, {
  destroyed: {
    get(this: Http2Response): boolean {
      return this.stream.destroyed;
    },
  },
  writableNeedDrain: {
    get(this: Http2Response): boolean {
      return this.stream.writableNeedDrain;
    },
  },
});
