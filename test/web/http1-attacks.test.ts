import { expect } from "chai";
import { text } from "node:stream/consumers";
import { connectDuplex } from "skein/interop";
import { type Handler, type RequestHandler, Site } from "skein/web";
import { onClock, type OnClock } from "../support/on-clock.ts";
import { get, openSite, RawClient } from "../support/web.ts";

const readBody: RequestHandler = async (request, response) => {
  response.end(`<${await text(request)}>`);
};

/** A site that has WebSockets, or the like, at some other path. */
async function openUpgrading(reactor: OnClock, handler: Handler): Promise<() => RawClient> {
  const site = new Site(reactor, handler);
  site.onUpgrade(() => false);
  const port = await reactor.listenTCP(0, site);
  return () => new RawClient(connectDuplex(reactor, "127.0.0.1", port.getHost().port));
}

const HEAD = "Host: site.example\r\n";
const H2C = [
  "Host: site.example",
  "Connection: Upgrade, HTTP2-Settings",
  "Upgrade: h2c",
  "HTTP2-Settings: AAMAAABk",
  "",
].join("\r\n");

describe("a site under attack by HTTP/1.1", () => {
  for (const [what, head, body] of [
    ["a length", "Content-Length: 10\r\n", "green tea!"],
    ["chunks", "Transfer-Encoding: chunked\r\n", "a\r\ngreen tea!\r\n0\r\n\r\n"],
  ]) {
    it(`reads the body, with ${what}, of who asks for a protocol that is not spoken`, () =>
      onClock(async ({ reactor, pass }) => {
        const dial = await openUpgrading(reactor, readBody);
        for (const pieces of [[`\r\n${body}`], ["\r\n", body ?? ""]]) {
          const client = dial().send(`POST /tea HTTP/1.1\r\n${H2C}${head}`);
          for (const piece of pieces) {
            client.send(piece);
            await pass(0.5);
          }
          await client.closed;
          expect(client.heard)
            .to.match(/^HTTP\/1.1 200 /)
            .and.to.match(/<green tea!>$/);
        }
      }));
  }

  it("limits that body in size and time, as any other", () =>
    onClock(async ({ reactor }) => {
      const site = new Site(reactor, readBody, { maxBodyBytes: 100, requestTimeout: 30 });
      site.onUpgrade(() => false);
      const port = await reactor.listenTCP(0, site);
      const dial = (): RawClient =>
        new RawClient(connectDuplex(reactor, "127.0.0.1", port.getHost().port));
      const large = dial().send(`POST / HTTP/1.1\r\n${H2C}Content-Length: 101\r\n\r\n`);
      await large.closed;
      expect(large.statuses).to.deep.equal(["413"]);
      const before = reactor.seconds();
      const late = dial().send(`POST / HTTP/1.1\r\n${H2C}Content-Length: 10\r\n\r\nhalf`);
      await late.closed;
      expect(reactor.seconds() - before).to.be.closeTo(30, 3);
      expect(site.connections).to.equal(0);
    }));

  it("tells the handler all else that such a request says", () =>
    onClock(async ({ reactor }) => {
      let asked: unknown[] = [];
      const dial = await openUpgrading(
        reactor,
        ({ method, url, httpVersion, headers }, response) => {
          asked = [method, url, httpVersion, headers];
          response.end();
        },
      );
      const named = dial().send(
        Buffer.from(`PUT /tea?a=%20b HTTP/1.1\r\n${H2C}X-T: \u00e9\r\n\r\n`, "latin1"),
      );
      await named.closed;
      expect(asked.slice(0, 3)).to.deep.equal(["PUT", "/tea?a=%20b", "1.1"]);
      expect(asked[3]).to.include({ host: "site.example", "x-t": "\u00e9" });
    }));

  it("drops no header, however many there are", () =>
    onClock(async ({ reactor }) => {
      const { dial } = await openSite(reactor, ({ headers }, response) => {
        response.end(`<${String(headers["x-forwarded-for"])}>`);
      });
      const client = dial().send(
        `GET / HTTP/1.1\r\n${"a:\r\n".repeat(3000)}${HEAD}X-Forwarded-For: 10.0.0.5\r\n` +
          "Connection: close\r\n\r\n",
      );
      await client.closed;
      expect(client.heard).to.match(/<10.0.0.5>$/);
    }));

  it("refuses a request for two hosts, as others may take the other one", () =>
    onClock(async ({ reactor }) => {
      let asked = 0;
      const { dial } = await openSite(reactor, () => asked++);
      const client = dial().send("GET / HTTP/1.1\r\nHost: a\r\nhOST: b\r\n\r\n");
      await client.closed;
      expect([client.statuses, asked]).to.deep.equal([["400"], 0]);
      expect(client.heard).to.match(/connection: close/i);
    }));

  it("does not lose an answer to what is sent behind the last request", () =>
    onClock(async ({ reactor }) => {
      const { dial } = await openSite(
        reactor,
        (_request, response) => void reactor.callLater(5, () => response.end("tea")),
      );
      const client = dial().send(get("/", { Connection: "close" }) + get("/more"));
      await client.closed;
      expect(client.statuses).to.deep.equal(["200"]);
      expect(client.heard).to.match(/tea$/);
    }));

  it("lets nobody go on who has announced too much, but others", () =>
    onClock(async ({ reactor }) => {
      const { dial } = await openSite(reactor, readBody, { maxBodyBytes: 10 });
      const expecting = (length: number): string =>
        `POST / HTTP/1.1\r\n${HEAD}Expect: 100-continue\r\nContent-Length: ${length}\r\n`;
      const large = dial().send(`${expecting(11)}\r\n`);
      await large.closed;
      expect(large.statuses).to.deep.equal(["413"]);
      const small = dial().send(`${expecting(3)}Connection: close\r\n\r\n`);
      await small.until("100");
      small.send("tea");
      await small.closed;
      expect(small.statuses).to.deep.equal(["100", "200"]);
    }));

  it("does not wait for who expected what nobody knows", () =>
    onClock(async ({ reactor, pass }) => {
      const opened = await openSite(reactor, (_request, response) => response.end("ok"), {
        keepAliveTimeout: 1000,
      });
      const client = opened.dial().send(get("/", { Expect: "tea" }));
      await pass(1);
      expect(client.statuses).to.deep.equal(["417"]);
      const before = reactor.seconds();
      await opened.port.stopListening();
      await opened.site.drain(100);
      expect(reactor.seconds() - before).to.be.lessThan(5);
    }));
});
