/** Sites on real sockets, with the clients that others have written. */
// oxlint-disable-next-line import/no-unassigned-import -- it hooks what ws takes when it is loaded
import "../support/bridged.ts";
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { createReactor } from "skein/reactor";
import { deferLater } from "skein/task";
import { routes, Site, type SiteOptions } from "skein/web";
import { WebSocketProtocol, websockets } from "skein/websocket";
import { inChromium, needsChromium } from "../browser/chromium.ts";
import { certificates } from "../support/certificates.ts";
import { needsProgram } from "../support/needs-program.ts";
import { onLibuv, type Libuv } from "../support/streams.ts";

const HOST = "127.0.0.1";

const hello = routes({
  "GET /": (request, response) => response.end(`hello by ${request.httpVersion}\n`),
  "POST /length": {
    fetch: async (request) => new Response(`${(await request.arrayBuffer()).byteLength}`),
  },
});

/** What a program prints, and how it ends. */
async function run(command: string, args: readonly string[]): Promise<string> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], timeout: 20_000 });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [out, errors, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return status === 0 ? out : `status ${status}: ${errors}`;
}

describe("a site and curl", () => {
  before(function () {
    needsProgram(this, "curl");
  });

  const withSite = (
    body: (url: string) => Promise<void>,
    options: SiteOptions = {},
  ): (() => Promise<void>) => {
    return () =>
      onLibuv(async (reactor) => {
        const site = new Site(reactor, hello, options);
        const port = await reactor.listenTCP(0, site, { interface: HOST });
        await body(`http://${HOST}:${port.getHost().port}`);
      });
  };

  it(
    "speak HTTP/1.1, and HTTP/2 with who begins with it",
    withSite(async (url) => {
      expect(await run("curl", ["-s", `${url}/`])).to.equal("hello by 1.1\n");
      expect(await run("curl", ["-s", "--http2-prior-knowledge", `${url}/`])).to.equal(
        "hello by 2.0\n",
      );
      // It asks for an upgrade to HTTP/2, which is not taken.
      expect(await run("curl", ["-s", "--http2", `${url}/`])).to.equal("hello by 1.1\n");
    }),
  );

  it("speak by TLS what the handshake has chosen", () =>
    onLibuv(async (reactor) => {
      const site = new Site(reactor, hello);
      const { server } = certificates();
      const tls = { ...server, acceptableProtocols: ["h2", "http/1.1"] };
      const port = await reactor.listenSSL(0, site, tls, { interface: HOST });
      const url = `https://${HOST}:${port.getHost().port}/`;
      expect(await run("curl", ["-sk", url])).to.equal("hello by 2.0\n");
      expect(await run("curl", ["-sk", "--http1.1", url])).to.equal("hello by 1.1\n");
    }));

  it(
    "send bodies, and answers that come before their end",
    withSite(
      async (url) => {
        const send = (bytes: number): Promise<string> =>
          run("bash", [
            "-c",
            `head -c ${bytes} /dev/zero | curl -s -w '%{http_code}' -H 'Expect:' ` +
              `--data-binary @- ${url}/length`,
          ]);
        expect(await send(100_000)).to.equal("100000200");
        expect(await send(5_000_000)).to.equal("413");
      },
      { maxBodyBytes: 1_000_000 },
    ),
  );
});

describe("a site and wrk", () => {
  before(function () {
    needsProgram(this, "wrk");
  });

  it("lose no request when the site drains, and another takes its place", async function () {
    this.timeout(20_000);
    const errors: unknown[] = [];
    const reactor = createReactor("libuv", { onError: (error) => errors.push(error) });
    const stopped = reactor.run();
    const first = new Site(reactor, hello);
    let asked = 0;
    const second = new Site(reactor, (_request, response) => {
      asked++;
      response.end("hello");
    });
    const port = await reactor.listenTCP(0, first, { interface: HOST });
    const number = port.getHost().port;
    const load = run("wrk", ["-t1", "-c20", "-d3s", `http://${HOST}:${number}/`]);
    await deferLater(reactor, 1);
    expect(first.connections).to.equal(20);
    // In one turn: nobody finds it closed.
    const closed = port.stopListening();
    const opened = closed.addCallback(() => reactor.listenTCP(number, second, { interface: HOST }));
    await opened;
    await first.drain(10);
    expect(first.connections).to.equal(0);
    const said = await load;
    expect(said).to.match(/\d+ requests in/);
    expect(said).not.to.match(/Non-2xx|read [1-9]|write [1-9]|timeout [1-9]/);
    expect(asked).to.be.greaterThan(0);
    reactor.stop();
    await stopped;
    expect(errors).to.deep.equal([]);
  });
});

describe("a site and a browser", () => {
  it("fetch pages, and talk by a WebSocket", async function () {
    needsChromium(this);
    this.timeout(60_000);
    class Echo extends WebSocketProtocol {
      override messageReceived(message: string | Uint8Array): void {
        this.transport.send(message);
      }
    }
    await onLibuv(async (reactor: Libuv) => {
      const site = new Site(reactor, {
        fetch: async (request) =>
          new Response(`${request.method} ${await request.text()}`, {
            headers: { "access-control-allow-origin": "*" },
          }),
      });
      websockets(site, "/echo", () => new Echo(), { origins: "any" });
      websockets(site, "/own", () => new Echo());
      const port = await reactor.listenTCP(0, site, { interface: HOST });
      const at = `${HOST}:${port.getHost().port}`;
      const script = `(async () => {
        const seen = [];
        const posted = await fetch("http://${at}/x", { method: "POST", body: "tea" });
        seen.push(await posted.text());
        const talk = (path, message) => new Promise((resolve) => {
          const socket = new WebSocket("ws://${at}" + path);
          socket.onopen = () => socket.send(message);
          socket.onerror = () => resolve("refused");
          socket.onmessage = ({ data }) => {
            socket.onclose = ({ code, wasClean }) => resolve(data + " " + code + " " + wasClean);
            socket.close(4000);
          };
        });
        seen.push(await talk("/echo", "hello, wörld"));
        seen.push((await talk("/echo", "x".repeat(300_000))).length);
        seen.push(await talk("/own", "hello"));
        post("/outcomes", JSON.stringify(seen));
      })().catch((error) => post("/broken", String(error.stack)));`;
      expect(JSON.parse(await inChromium(script))).to.deep.equal([
        "POST tea",
        "hello, wörld 4000 true",
        300_010,
        "refused",
      ]);
    });
  });
});
