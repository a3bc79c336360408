// First: ws takes crypto's functions when it is loaded.
// oxlint-disable-next-line import/no-unassigned-import -- it hooks what ws takes when it is loaded
import "../support/bridged.ts";
import { expect } from "chai";
import { connectProtocol, TCPClientEndpoint } from "skein/endpoints";
import type { ListeningPort } from "skein/reactor";
import { routes, Site } from "skein/web";
import { WebSocketProtocol, websockets, type WebSocketsOptions } from "skein/websocket";
import { Noted, onClock, type OnClock } from "../support/on-clock.ts";
import { get, openSite } from "../support/web.ts";
import { encode, frame, OPCODES } from "../support/websocket-frames.ts";

/** Hears that the other side has ended, and does not care. */
class Clinging extends Noted {
  readConnectionLost(): void {
    this.life.push("told");
  }
}

const cling = (reactor: OnClock, { port }: OpenPort): PromiseLike<Clinging> =>
  connectProtocol(new TCPClientEndpoint(reactor, "127.0.0.1", port.getHost().port), new Clinging());

interface OpenPort {
  readonly site: Site;
  readonly port: ListeningPort;
}

async function open(reactor: OnClock, site: Site): Promise<OpenPort> {
  return { site, port: await reactor.listenTCP(0, site) };
}

const upgrade = (path: string, headers: Readonly<Record<string, string>> = {}): string =>
  get(path, {
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    ...headers,
  });

class Echo extends WebSocketProtocol {
  override messageReceived(message: string | Uint8Array): void {
    this.transport.send(message);
  }
}

async function openEchoes(reactor: OnClock, options: WebSocketsOptions = {}): Promise<OpenPort> {
  const site = new Site(reactor, routes({}));
  websockets(site, "/echo", () => new Echo(), options);
  return open(reactor, site);
}

const PREFACE = Buffer.concat([
  Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
]);

describe("a site under attack", () => {
  it("closes a refused WebSocket whose client does not", () =>
    onClock(async ({ reactor, pass }) => {
      const opened = await openEchoes(reactor);
      const client = await cling(reactor, opened);
      client.transport.write(upgrade("/echo", { Origin: "https://evil.example" }));
      await pass(60);
      expect(client.received).to.match(/^HTTP\/1.1 403 /);
      expect(opened.site.connections).to.equal(0);
    }));

  it("closes one whose handshake is wrong, whose client does not", () =>
    onClock(async ({ reactor, pass }) => {
      const opened = await openEchoes(reactor);
      const client = await cling(reactor, opened);
      client.transport.write(upgrade("/echo", { "Sec-WebSocket-Key": "short" }));
      await pass(60);
      expect(client.received).to.match(/^HTTP\/1.1 400 /);
      expect(opened.site.connections).to.equal(0);
    }));

  it("closes a connection of HTTP/2 that is of no use, whose client does not", () =>
    onClock(async ({ reactor, pass }) => {
      const opened = await openSite(reactor, () => {});
      const client = await cling(reactor, opened);
      client.transport.write(PREFACE);
      await pass(60);
      expect(client.life.at(-1)).to.equal("told");
      expect(opened.site.connections).to.equal(0);
    }));

  it("cuts off who asks for another protocol while another request is answered", () =>
    onClock(async ({ reactor, pass }) => {
      for (const asked of [
        upgrade("/echo"),
        get("/x", { Connection: "Upgrade", Upgrade: "h2c" }),
      ]) {
        const site = new Site(
          reactor,
          (_request, response) => void reactor.callLater(5, () => response.end("slow")),
        );
        websockets(site, "/echo", () => new Echo());
        const client = await cling(reactor, await open(reactor, site));
        client.transport.write(get("/slow") + asked);
        await pass(30);
        expect(client.received).to.equal("");
        expect(site.connections).to.equal(0);
      }
    }));

  it("reports nothing when who has asked for another protocol goes", () =>
    onClock(async ({ reactor, pass }) => {
      const site = new Site(reactor, () => {});
      websockets(site, "/echo", () => null);
      const opened = await open(reactor, site);
      for (const asked of [
        upgrade("/echo"),
        get("/x", { Connection: "Upgrade", Upgrade: "h2c" }),
      ]) {
        const client = await cling(reactor, opened);
        client.transport.write(asked);
        await pass(0.1);
        client.transport.abortConnection();
        await pass(1);
      }
      expect(site.connections).to.equal(0);
    }));

  it("refuses a page without a name to a client that names no host", () =>
    onClock(async ({ reactor, pass }) => {
      const client = await cling(reactor, await openEchoes(reactor));
      const asked = upgrade("/echo", { Origin: "null" });
      client.transport.write(asked.replace(/Host: .*\r\n/, "").replace("HTTP/1.1", "HTTP/1.0"));
      await pass(1);
      expect(client.received).to.not.match(/ 101 /);
      client.transport.loseConnection();
    }));

  it("tells the handlers of all requests that were sent in advance that the client has gone", () =>
    onClock(async ({ reactor, pass }) => {
      const gone: string[] = [];
      const { dial } = await openSite(reactor, (request, response) => {
        response.once("close", () => gone.push(String(request.url)));
      });
      const client = dial().send(get("/1") + get("/2") + get("/3"));
      await pass(1);
      client.socket.destroy();
      await pass(1);
      expect(gone.sort()).to.deep.equal(["/1", "/2", "/3"]);
    }));

  it("does not take a part of a Host header for the path", () =>
    onClock(async ({ reactor }) => {
      const asked: string[] = [];
      const { dial } = await openSite(reactor, {
        fetch(request) {
          asked.push(new URL(request.url).pathname);
          return new Response();
        },
      });
      const statuses: string[] = [];
      for (const host of [
        "a/admin?",
        "a\\admin?",
        "a/admin#",
        "a?",
        "b@a",
        "a:b",
        "",
        "[::1]:80",
      ]) {
        const client = dial().send(
          `GET /public HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
        );
        await client.closed;
        statuses.push(...client.statuses);
      }
      expect(statuses).to.deep.equal(["400", "400", "400", "400", "400", "400", "200", "200"]);
      expect(asked).to.deep.equal(["/public", "/public"]);
    }));

  it("cuts off who sends pings and reads none of the answers", () =>
    onClock(async ({ reactor, pass }) => {
      const limit = 64 * 1024;
      const port = await openEchoes(reactor, { maxBufferedBytes: limit, pingInterval: Infinity });
      const client = await cling(reactor, port);
      client.transport.write(upgrade("/echo"));
      await pass(1);
      client.transport.pauseProducing();
      const ping = encode(frame(OPCODES.ping, "x".repeat(125)), Buffer.from([1, 2, 3, 4]));
      for (let i = 0; i < 200 && client.life.length < 2; i++) {
        client.transport.write(Buffer.concat(Array.from({ length: 100 }, () => ping)));
        await pass(0.1);
      }
      client.transport.resumeProducing();
      await pass(1);
      expect(client.life.at(-1)).to.match(/^lost/);
    }));
});
