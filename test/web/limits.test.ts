import { expect } from "chai";
import { onClock } from "../support/on-clock.ts";
import { get, openSite } from "../support/web.ts";

const post = (headers: string, body = ""): string =>
  `POST / HTTP/1.1\r\nHost: site.example\r\n${headers}\r\n\r\n${body}`;

describe("the limits of a site", () => {
  it("closes a connection that says nothing, after headersTimeout", () =>
    onClock(async ({ reactor }) => {
      const { dial } = await openSite(reactor, () => {}, { headersTimeout: 10 });
      const client = dial();
      await client.closed;
      expect([reactor.seconds(), client.heard]).to.deep.equal([10, ""]);
    }));

  it("answers 408 to a head that trickles in, however often it sends a byte", () =>
    onClock(async ({ reactor, pass }) => {
      const { dial } = await openSite(reactor, () => {}, { headersTimeout: 10 });
      const client = dial().send("GET / HTTP/1.1\r\n");
      for (let i = 0; i < 30 && !client.socket.closed; i++) {
        if (client.socket.writable) client.send(`X-${i}: y\r\n`);
        await pass(1);
      }
      await client.closed;
      expect(client.statuses).to.deep.equal(["408"]);
      expect(reactor.seconds()).to.be.within(10, 13);
    }));

  it("counts headersTimeout anew for the next request, from its first byte", () =>
    onClock(async ({ reactor, pass }) => {
      const { dial } = await openSite(reactor, (_request, response) => response.end("ok"), {
        headersTimeout: 10,
        keepAliveTimeout: 1000,
      });
      const client = dial().send(get("/"));
      await pass(100);
      client.send("GET / HT");
      await pass(9);
      expect(client.socket.closed).to.equal(false);
      await client.closed;
      expect(client.statuses).to.deep.equal(["200", "408"]);
      expect(reactor.seconds()).to.be.closeTo(110, 0.5);
    }));

  it("ends a request whose body is late, after requestTimeout", () =>
    onClock(async ({ reactor }) => {
      const ended: unknown[] = [];
      const { dial } = await openSite(
        reactor,
        async (request, response) => {
          try {
            for await (const _piece of request) void 0;
          } catch (error) {
            ended.push((error as NodeJS.ErrnoException).code);
          }
          response.end();
        },
        { requestTimeout: 30 },
      );
      const client = dial().send(post("Content-Length: 10", "half"));
      await client.closed;
      expect(reactor.seconds()).to.be.closeTo(30, 0.01);
      expect(ended).to.deep.equal(["ECONNRESET"]);
    }));

  it("has no deadline for the handler's own work", () =>
    onClock(async ({ reactor }) => {
      const { ask } = await openSite(
        reactor,
        (_request, response) => void reactor.callLater(10_000, () => response.end("at last")),
        { requestTimeout: 30, headersTimeout: 30 },
      );
      expect((await ask({})).text).to.equal("at last");
    }));

  it("closes a connection that is kept for nothing, after keepAliveTimeout", () =>
    onClock(async ({ reactor }) => {
      const { dial } = await openSite(reactor, (_request, response) => response.end(), {
        keepAliveTimeout: 7,
      });
      const client = dial().send(get("/"));
      await client.closed;
      expect(client.heard).to.match(/Keep-Alive: timeout=7/);
      expect(reactor.seconds()).to.be.closeTo(7, 2);
    }));

  it("answers 413 to a body that announces too much, without asking anybody", () =>
    onClock(async ({ reactor }) => {
      let asked = 0;
      const { dial } = await openSite(reactor, () => asked++, { maxBodyBytes: 100 });
      const client = dial().send(post("Content-Length: 101"));
      await client.closed;
      expect([client.statuses, asked]).to.deep.equal([["413"], 0]);
    }));

  it("answers 413 to one that turns out to have too much, and tells its reader", () =>
    onClock(async ({ reactor }) => {
      const ended: unknown[] = [];
      const { dial } = await openSite(
        reactor,
        async (request) => {
          try {
            for await (const _piece of request) void 0;
          } catch (error) {
            ended.push((error as NodeJS.ErrnoException).code);
          }
        },
        { maxBodyBytes: 100 },
      );
      const client = dial().send(
        post("Transfer-Encoding: chunked", `65\r\n${"x".repeat(101)}\r\n`),
      );
      await client.closed;
      expect(client.statuses).to.deep.equal(["413"]);
      expect(ended).to.deep.equal(["ERR_BODY_TOO_LARGE"]);
    }));

  it("answers 431 to a head that is too large, and 400 to what is none", () =>
    onClock(async ({ reactor }) => {
      const { dial } = await openSite(reactor, () => {}, { maxHeaderBytes: 1000 });
      const large = dial().send(get("/", { "X-Large": "x".repeat(2000) }));
      await large.closed;
      const none = dial().send("hello there\r\n\r\n");
      await none.closed;
      const noHost = dial().send("GET / HTTP/1.1\r\n\r\n");
      await noHost.closed;
      expect([large.statuses, none.statuses, noHost.statuses]).to.deep.equal([
        ["431"],
        ["400"],
        ["400"],
      ]);
    }));

  it("closes a connection after so many requests, and says so", () =>
    onClock(async ({ reactor }) => {
      const { dial } = await openSite(reactor, (_request, response) => response.end(), {
        maxRequestsPerConnection: 2,
      });
      const client = dial().send(get("/1"));
      await client.until("200");
      client.send(get("/2"));
      await client.closed;
      expect(client.statuses).to.deep.equal(["200", "200"]);
      expect(client.heard).to.match(/Connection: close/);
    }));

  it("answers requests that were sent in advance in their order, so many at a time", () =>
    onClock(async ({ reactor }) => {
      let busy = 0;
      let most = 0;
      const { dial } = await openSite(
        reactor,
        (request, response) => {
          most = Math.max(most, ++busy);
          reactor.callLater(1, () => {
            busy--;
            response.end(`<${request.url}>`);
          });
        },
        { maxConcurrentRequests: 3 },
      );
      const paths = Array.from({ length: 50 }, (_, i) => `/${i}`);
      const client = dial().send(paths.map((path) => get(path)).join(""));
      await client.until("</49>");
      expect([...client.heard.matchAll(/<(\/\d+)>/g)].map(([, path]) => path)).to.deep.equal(paths);
      expect(most).to.equal(3);
      client.socket.end();
      await client.closed;
    }));

  it("takes no more from a client that sends in advance without end", () =>
    onClock(async ({ reactor, pass }) => {
      let asked = 0;
      const { dial, site } = await openSite(reactor, () => asked++, { maxConcurrentRequests: 3 });
      const client = dial();
      const many = get("/").repeat(1000);
      for (let i = 0; i < 100; i++) client.send(many);
      await pass(10);
      expect(asked).to.equal(3);
      // What the simulated network holds, and a chunk: the rest waits with who sends it.
      expect(client.socket.writableLength).to.be.greaterThan(1_000_000);
      await site.drain(2);
      await client.closed;
    }));
});
