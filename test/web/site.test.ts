import { bridged } from "../support/bridged.ts";
import { once } from "node:events";
import http2 from "node:http2";
import { expect } from "chai";
import { succeed } from "skein/defer";
import { connectDuplex } from "skein/interop";
import { Site } from "skein/web";
import { onClock } from "../support/on-clock.ts";
import { get, openSite } from "../support/web.ts";

describe("a site", () => {
  bridged(
    "answers by a listener of node:http",
    async (reactor) => {
      const { ask } = await openSite(reactor, (request, response) => {
        response.setHeader("x-path", request.url ?? "");
        response.end("hello");
      });
      const { status, headers, text } = await ask({ path: "/tea" });
      return [`${status} ${String(headers["x-path"])} ${text}`];
    },
    ["200 /tea hello"],
  );

  bridged(
    "answers by a fetch handler, with a body both ways",
    async (reactor) => {
      const { ask } = await openSite(reactor, {
        async fetch(request) {
          const body = (await request.text()).toUpperCase();
          const headers = new Headers({ "x-method": request.method, "x-url": request.url });
          headers.append("set-cookie", "a=1");
          headers.append("set-cookie", "b=2");
          return new Response(body, { status: 201, headers });
        },
      });
      const { status, headers, text } = await ask({ method: "POST", path: "/x?y=1" }, "tea");
      return [
        `${status} ${text}`,
        String(headers["x-method"]),
        String(headers["x-url"]),
        String(headers["set-cookie"]),
      ];
    },
    ["201 TEA", "POST", "http://site.example/x?y=1", "a=1,b=2"],
  );

  bridged(
    "takes a Response from a Deferred, and none for HEAD's body",
    async (reactor) => {
      const { ask } = await openSite(reactor, { fetch: () => succeed(new Response("text")) });
      const got = await ask({});
      const head = await ask({ method: "HEAD" });
      return [got.text, `${head.status} ${head.text}`];
    },
    ["text", "200 "],
  );

  bridged(
    "streams a body at the pace of the one who reads it",
    async (reactor) => {
      // Buffers of the system's are in between, which take some megabytes.
      const pieces = reactor.backend === "clock" ? 50 : 400;
      let made = 0;
      const { dial, pass } = await openSite(reactor, {
        fetch: () =>
          new Response(
            new ReadableStream({
              pull(controller) {
                controller.enqueue(new Uint8Array(64 * 1024));
                if (++made === pieces) controller.close();
              },
            }),
          ),
      });
      const client = dial();
      client.socket.pause();
      client.send(get("/", { connection: "close" }));
      await pass(1);
      const held = made < pieces - 5;
      client.socket.resume();
      await client.closed;
      return [
        `held: ${held}`,
        `all made: ${made === pieces}`,
        `all: ${client.heard.length > pieces * 65_536}`,
      ];
    },
    ["held: true", "all made: true", "all: true"],
  );

  bridged(
    "answers HTTP/2 by the same handler, to who begins with it",
    async (reactor) => {
      const { port } = await openSite(reactor, {
        async fetch(request) {
          return new Response(`${request.method} ${request.url} ${await request.text()}`);
        },
      });
      const client = http2.connect("http://site.example", {
        createConnection: () => connectDuplex(reactor, "127.0.0.1", port.getHost().port),
      });
      const ask = async (path: string): Promise<string> => {
        const stream = client.request({ ":path": path, ":method": "POST" });
        let text = "";
        stream.on("data", (data: Buffer) => (text += data.toString()));
        stream.end("body");
        await once(stream, "end");
        return text;
      };
      const answers = await Promise.all(["/one", "/two"].map(ask));
      const closed = once(client, "close");
      client.close();
      await closed;
      return answers;
    },
    ["POST http://site.example/one body", "POST http://site.example/two body"],
  );

  it("reports an error, and answers with 500", () =>
    onClock(async ({ reactor, errors }) => {
      const boom = new Error("boom");
      const { ask } = await openSite(reactor, () => {
        throw boom;
      });
      const { status, text } = await ask({});
      expect([status, text]).to.deep.equal([500, "The server has made a mistake.\n"]);
      const later = await openSite(reactor, { fetch: () => Promise.reject(boom) });
      expect((await later.ask({})).status).to.equal(500);
      expect(errors.splice(0)).to.deep.equal([boom, boom]);
    }));

  it("reports what is no Response, and cuts off an answer that has begun", () =>
    onClock(async ({ reactor, errors }) => {
      const wrong = await openSite(reactor, { fetch: () => "text" as never });
      expect((await wrong.ask({})).status).to.equal(500);
      expect(String(errors.splice(0)[0])).to.include("no Response");
      const half = await openSite(reactor, async (_request, response) => {
        response.write("half");
        await Promise.reject(new Error("on the way"));
      });
      const client = half.dial().send(get("/"));
      await client.closed;
      expect(client.heard).to.include("half").and.not.include("\r\n0\r\n");
      expect(errors.splice(0)).to.have.lengthOf(1);
    }));

  it("tells a fetch handler that the client has gone", () =>
    onClock(async ({ reactor, pass }) => {
      let signal: AbortSignal | undefined;
      const { dial } = await openSite(reactor, {
        fetch: (request) => {
          signal = request.signal;
          return new Promise(() => {});
        },
      });
      const client = dial().send(get("/"));
      await pass(1);
      expect(signal?.aborted).to.equal(false);
      client.socket.destroy();
      await pass(1);
      expect(signal?.aborted).to.equal(true);
    }));

  it("has no Date on virtual time, unless it is told the time", () =>
    onClock(async ({ reactor }) => {
      const plain = await openSite(reactor, (_request, response) => response.end());
      expect((await plain.ask({})).headers.date).to.equal(undefined);
      const noon = Date.UTC(2026, 0, 1, 12);
      const now = (): Date => new Date(noon + Math.floor(reactor.seconds()) * 1000);
      const told = await openSite(reactor, (_request, response) => response.end(), { now });
      expect((await told.ask({})).headers.date).to.equal("Thu, 01 Jan 2026 12:00:00 GMT");
    }));

  it("refuses limits that are none", () =>
    onClock(async ({ reactor }) => {
      const make = (options: object) => () => new Site(reactor, () => {}, options);
      expect(make({ maxBodyBytes: -1 })).to.throw("maxBodyBytes must be over 0, not -1");
      expect(make({ headersTimeout: Number.NaN })).to.throw("headersTimeout must be over 0");
      expect(make({ drainSeconds: -1 })).to.throw("drainSeconds must be 0 or more, not -1");
    }));
});
