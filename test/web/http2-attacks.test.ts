import { expect } from "chai";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { staticFiles } from "skein/web";
import {
  END_HEADERS,
  END_STREAM,
  frame2,
  INITIAL_WINDOW,
  preface,
  request2,
  requestHead,
  word,
} from "../support/http2-frames.ts";
import { onClock } from "../support/on-clock.ts";
import { openSite } from "../support/web.ts";

const PIECE_BYTES = 64 * 1024;
const PIECES = 200;
/** Why a client takes a request back. */
const CANCEL = 8;

const manyHeaders = requestHead(
  "/",
  "GET",
  Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`h${i}`, ""])),
);

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

  const floods: Record<string, (i: number) => Uint8Array> = {
    "requests that are taken back": (i) =>
      Buffer.concat([request2(2 * i + 1, "/"), frame2("reset", 2 * i + 1, word(CANCEL))]),
    "requests whose windows overflow": (i) =>
      Buffer.concat([request2(2 * i + 1, "/"), frame2("window", 2 * i + 1, word(2 ** 31 - 1))]),
    "requests beyond their number": (i) => request2(2 * i + 1, "/"),
    "heads without an end": (i) =>
      i === 0
        ? frame2("headers", 1, requestHead("/"), END_STREAM)
        : frame2("continuation", 1, Buffer.of(0, 1, 97, 1, 97)),
    pings: () => frame2("ping", 0, Buffer.alloc(8)),
    settings: () => frame2("settings"),
    priorities: (i) => frame2("priority", 2 * i + 1, Buffer.concat([word(0), Buffer.of(1)])),
    "headers by the hundred": (i) =>
      frame2("headers", 2 * i + 1, manyHeaders, END_STREAM | END_HEADERS),
    "requests for unknown protocols": (i) =>
      frame2(
        "headers",
        2 * i + 1,
        requestHead("/", "CONNECT", { ":protocol": "tea" }),
        END_HEADERS,
      ),
  };
  for (const [what, frameOf] of Object.entries(floods)) {
    it(`lives through a flood of ${what}, whose client does not read, and ends on time`, () =>
      onClock(async ({ reactor, pass }) => {
        let [answering, asked] = [0, 0];
        const { dial, site, port } = await openSite(reactor, (_request, response) => {
          asked++;
          answering++;
          response.once("close", () => answering--);
        });
        const client = dial().send(preface({ [INITIAL_WINDOW]: 0 }));
        client.socket.pause();
        for (let i = 0; i < 5000 && client.socket.writable; i += 100) {
          client.send(Buffer.concat(Array.from({ length: 100 }, (_, more) => frameOf(i + more))));
          await pass(0.01);
        }
        // Node lets a thousand be taken back at once, and some more in each second.
        expect(asked).to.be.lessThan(2000);
        expect(answering).to.be.at.most(100);
        await port.stopListening();
        const before = reactor.seconds();
        await site.drain(3);
        expect(reactor.seconds() - before).to.be.at.most(3);
        await pass(1);
        expect([site.connections, answering]).to.deep.equal([0, 0]);
        client.socket.destroy();
        await pass(1);
      }));
  }
});
