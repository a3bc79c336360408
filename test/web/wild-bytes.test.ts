// oxlint-disable-next-line import/no-unassigned-import -- it hooks what ws takes when it is loaded
import "../support/bridged.ts";
import { expect } from "chai";
import fc from "fast-check";
import { connectDuplex } from "skein/interop";
import { createReactor } from "skein/reactor";
import { routes, Site } from "skein/web";
import { WebSocketProtocol, websockets } from "skein/websocket";
import { cut, sizes } from "../support/fuzz.ts";
import { RawClient } from "../support/web.ts";

/** Each is a reactor and a connection: a hundred thousand would take long. */
const RUNS = Math.min(Number(process.env["FUZZ_RUNS"] ?? 150), 5000);

const UPGRADE =
  "GET /echo HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n" +
  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";

/** What requests are made of, in any order. */
const words = fc.constantFrom(
  "GET / HTTP/1.1\r\n",
  "POST /x HTTP/1.1\r\n",
  "Host: a\r\n",
  "\r\n",
  "\n",
  "\r",
  "Content-Length: 3\r\n",
  "Content-Length: -1\r\n",
  "Transfer-Encoding: chunked\r\n",
  "Transfer-Encoding: gzip, chunked\r\n",
  "3\r\nabc\r\n",
  "0\r\n\r\n",
  "abc",
  "\0",
  ": x\r\n",
  "Connection: upgrade\r\nUpgrade: websocket\r\n",
  "Expect: 100-continue\r\n",
  " ",
  "é",
  "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  "PRI * HT",
  "\0\0\0\x04\0\0\0\0\0",
  "HTTP/1.0\r\n",
  UPGRADE,
  "\x81\x85\0\0\0\0hello",
  "\x88\x80\0\0\0\0",
  "\x89\xff",
  "CONNECT a:1 HTTP/1.1\r\n",
);

class Echo extends WebSocketProtocol {
  override messageReceived(message: string | Uint8Array): void {
    this.transport.send(message);
  }
}

describe("a site that is sent anything", () => {
  it("answers or closes, reports nothing, and keeps nothing (fuzz)", async function () {
    this.timeout(10_000 + RUNS * 100);
    const bytes = fc.oneof(
      fc.array(words, { maxLength: 12 }).map((parts) => Buffer.from(parts.join(""), "latin1")),
      fc.uint8Array({ maxLength: 200 }).map((wild) => Buffer.from(wild)),
      fc.uint8Array({ maxLength: 200 }).map((wild) => Buffer.concat([Buffer.from(UPGRADE), wild])),
      fc
        .uint8Array({ maxLength: 200 })
        .map((wild) => Buffer.concat([Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), wild])),
    );
    await fc.assert(
      fc.asyncProperty(bytes, sizes, async (all, pieces) => {
        const errors: unknown[] = [];
        const reactor = createReactor("clock", { onError: (error) => errors.push(error) });
        const stopped = reactor.run();
        const answer = routes({
          "GET /": (_request, response) => response.end("ok"),
          "POST /x": async (request, response) => {
            for await (const _piece of request) void 0;
            response.end("ok");
          },
        });
        const site = new Site(reactor, answer, { requestTimeout: 20, headersTimeout: 10 });
        websockets(site, "/echo", () => new Echo());
        await reactor.listenTCP(80, site);
        const client = new RawClient(connectDuplex(reactor, "127.0.0.1", 80));
        for (const piece of cut(all, pieces)) client.send(piece);
        await client.closed;
        reactor.stop();
        await stopped;
        expect(errors).to.deep.equal([]);
        expect(site.connections).to.equal(0);
        expect(reactor.inspect()).to.deep.equal([]);
        // By the times of the site, or a WebSocket's that says nothing.
        expect(reactor.seconds()).to.be.lessThan(100);
      }),
      { numRuns: RUNS },
    );
  });
});
