import { expect } from "chai";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { staticFiles } from "skein/web";
import { frame2, INITIAL_WINDOW, preface, request2, word } from "../support/http2-frames.ts";
import { onClock } from "../support/on-clock.ts";
import { openSite } from "../support/web.ts";

const PIECE_BYTES = 64 * 1024;
const PIECES = 200;

describe("a site under attack by HTTP/2", () => {
  it("takes no more of a Response's body than the client has room for", () =>
    onClock(async ({ reactor, pass }) => {
      let taken = 0;
      let cancelled = false;
      const body = (): ReadableStream<Uint8Array> =>
        new ReadableStream({
          pull(controller) {
            if (++taken === PIECES) controller.close();
            else controller.enqueue(new Uint8Array(PIECE_BYTES));
          },
          cancel: () => void (cancelled = true),
        });
      const { dial } = await openSite(reactor, { fetch: () => new Response(body()) });
      const client = dial().send(preface({ [INITIAL_WINDOW]: 0 }));
      client.send(request2(1, "/"));
      await pass(10);
      expect(taken).to.be.within(1, 10);
      client.socket.destroy();
      await pass(1);
      expect(cancelled).to.equal(true);
    }));

  it("reads no more of a file than the client has room for, and no more when it has gone", () => {
    const root = mkdtempSync(join(tmpdir(), "skein-http2-"));
    writeFileSync(join(root, "large.bin"), new Uint8Array(PIECE_BYTES * PIECES));
    return onClock(async ({ reactor, pass }) => {
      let waiting = 0;
      let over = false;
      const files = staticFiles(reactor, root);
      const { dial } = await openSite(reactor, async (request, response, params) => {
        response.once("close", () => (waiting = response.writableLength));
        await files(request, response, params);
        over = true;
      });
      const client = dial().send(preface({ [INITIAL_WINDOW]: 0 }));
      client.send(request2(1, "/large.bin"));
      await pass(10);
      expect(over).to.equal(false);
      client.socket.destroy();
      await pass(1);
      expect(over).to.equal(true);
      expect(waiting).to.be.lessThan(10 * PIECE_BYTES);
    }).finally(() => rmSync(root, { recursive: true }));
  });

  it("sends all of it as fast as the client makes room", () =>
    onClock(async ({ reactor, pass }) => {
      const { dial } = await openSite(reactor, {
        fetch: () => new Response(new Blob([new Uint8Array(PIECE_BYTES * 4)]).stream()),
      });
      const client = dial().send(preface({ [INITIAL_WINDOW]: 1000 }));
      client.send(request2(1, "/"));
      await pass(1);
      const before = client.heard.length;
      client.send(frame2("window", 0, word(1e6))).send(frame2("window", 1, word(1e6)));
      await pass(1);
      expect(before).to.be.within(1000, 2000);
      expect(client.heard.length).to.be.greaterThan(PIECE_BYTES * 4);
      client.socket.destroy();
      await pass(1);
    }));

  it("lets go of a client that has broken the rules during an answer, and goes", () =>
    onClock(async ({ reactor, pass }) => {
      let told = 0;
      const { dial, site } = await openSite(reactor, (_request, response) => {
        response.once("close", () => told++);
      });
      // Data behind the end of their stream. What comes on is not read any more, nor the end.
      const wrong = frame2("data", 1, Buffer.from("x"));
      const client = dial().send(preface()).send(request2(1, "/slow"));
      await pass(1);
      for (let i = 0; i < 100; i++) {
        client.send(Buffer.concat(Array.from({ length: 100 }, () => wrong)));
        await pass(0.01);
      }
      client.socket.destroy();
      await pass(60);
      expect([site.connections, told]).to.deep.equal([0, 1]);
    }));
});
