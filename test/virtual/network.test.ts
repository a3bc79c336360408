import { expect } from "chai";
import dns from "node:dns";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import net, { type AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import tls from "node:tls";
import { ReactorSocket } from "skein/interop";
import { certificates, contents } from "../support/certificates.ts";
import { virtually } from "../support/virtually.ts";

/** A server that sends everything back. */
async function echo(port = 0, host?: string): Promise<net.Server> {
  const server = net.createServer((socket) => socket.pipe(socket)).listen(port, host);
  await once(server, "listening");
  return server;
}

async function failure(emitter: NodeJS.EventEmitter): Promise<NodeJS.ErrnoException> {
  const [error] = (await once(emitter, "error")) as [NodeJS.ErrnoException];
  return error;
}

describe("the virtual network", () => {
  it("connects net.connect and new net.Socket to net.createServer, with its latency", async () => {
    const { value, error, seconds } = await virtually(
      async () => {
        const server = await echo(7000);
        const seen: unknown[] = [server.listening, server.address()];
        for (const socket of [net.connect(7000, "10.0.0.9"), new net.Socket().connect(7000)]) {
          expect(socket).to.be.instanceOf(ReactorSocket);
          socket.end("hello");
          seen.push(await text(socket));
        }
        server.close();
        await once(server, "close");
        return [...seen, server.listening];
      },
      { clock: { latency: 0.01 } },
    );
    expect(error).to.equal(undefined);
    const address = { address: "::", family: "IPv6", port: 7000 };
    expect(value).to.deep.equal([true, address, "hello", "hello", false]);
    expect(seconds).to.be.within(0.07, 0.2);
  });

  it("tells a server's address from inside the call that listens, as Node does", async () => {
    const { value, error } = await virtually(async () => {
      const [any, other, here, there] = [0, 0, 0, 0].map(() => net.createServer()) as [
        net.Server,
        net.Server,
        net.Server,
        net.Server,
      ];
      const at = (server: net.Server): AddressInfo => server.address() as AddressInfo;
      const { port } = at(any.listen(0));
      expect(port).to.be.within(49152, 65535);
      expect(at(any)).to.deep.equal({ address: "::", family: "IPv6", port });
      expect(at(other.listen()).port).not.to.equal(port);
      const local = { address: "127.0.0.1", family: "IPv4", port: 7000 };
      expect(at(here.listen(7000, "127.0.0.1"))).to.deep.equal(local);
      expect(at(there.listen({ port: 7001, host: "localhost" }))).to.include({ port: 7001 });
      const all = [any, other, here, there];
      const before = all.map(at);
      await Promise.all(all.map((server) => once(server, "listening")));
      expect(all.map(at)).to.deep.equal(before);
      const client = net.connect(port);
      await Promise.all([once(any, "connection"), once(client, "connect")]);
      client.destroy();
      for (const server of all) server.close();
      return "done";
    });
    expect(error).to.equal(undefined);
    expect(value).to.equal("done");
  });

  it("takes the options of net.connect", async () => {
    const { value, error } = await virtually(async () => {
      const server = await echo();
      const { port } = server.address() as AddressInfo;
      const idle = net.connect({ port, timeout: 5000, noDelay: true, keepAlive: true });
      await once(idle, "timeout");
      idle.destroy();
      const { signal } = new AbortController();
      const aborted = net.connect({ port, signal: AbortSignal.abort() } as net.NetConnectOpts);
      const { name } = await failure(aborted);
      const halfOpen = net.connect({ port, allowHalfOpen: true, signal } as net.NetConnectOpts);
      halfOpen.end();
      await once(halfOpen.resume(), "end");
      server.close();
      return [performance.now(), name];
    });
    expect(error).to.equal(undefined);
    expect(value).to.deep.equal([5000, "AbortError"]);
  });

  it("tells what cannot be, with Node's codes", async () => {
    const { value } = await virtually(async () => {
      const server = await echo(7000);
      const codes = [
        await failure(net.connect(1, "127.0.0.1")),
        await failure(net.connect(7000, "nobody.example")),
        await failure(net.createServer().listen(7000)),
        await failure(net.connect("/tmp/nobody-listens-here")),
      ].map(({ code, syscall }) => `${syscall} ${code}`);
      expect(() => server.listen(7001))
        .to.throw()
        .with.property("code", "ERR_SERVER_ALREADY_LISTEN");
      server.close();
      return codes;
    });
    expect(value).to.deep.equal([
      "connect ECONNREFUSED",
      "getaddrinfo ENOTFOUND",
      "listen EADDRINUSE",
      "connect ECONNREFUSED",
    ]);
  });

  it("has names for UNIX sockets", async () => {
    const { value } = await virtually(async () => {
      const server = net.createServer((socket) => socket.end("by name")).listen("/tmp/name");
      await once(server, "listening");
      const said = await text(net.connect({ path: "/tmp/name" }));
      const address = server.address();
      server.close();
      return [said, address];
    });
    expect(value).to.deep.equal(["by name", "/tmp/name"]);
  });

  it("counts a server's connections, and closes it when the last one ends", async () => {
    const { value } = await virtually(async () => {
      const server = await echo();
      const { port } = server.address() as AddressInfo;
      const clients = [net.connect(port), net.connect(port)];
      await Promise.all(clients.map((client) => once(client, "connect")));
      await sleep(1);
      const count = await new Promise((resolve) =>
        server.getConnections((_error, n) => resolve(n)),
      );
      let closed = false;
      server.close(() => (closed = true));
      const before = closed;
      for (const client of clients) client.destroy();
      await once(server, "close");
      return [count, before, closed];
    });
    expect(value).to.deep.equal([2, false, true]);
  });

  it("has servers that are closed before they listen stay silent", async () => {
    const { value } = await virtually(async () => {
      const seen: string[] = [];
      const server = net.createServer().listen(7000, () => seen.push("listening"));
      server.close(() => seen.push("closed"));
      await once(server, "close");
      await echo(7000).then((other) => other.close());
      return seen;
    });
    expect(value).to.deep.equal(["closed"]);
  });

  it("leaves servers as they were where Node refuses what they are to listen on", async () => {
    const targets: readonly (readonly [code: string, ...unknown[]])[] = [
      ["ERR_SOCKET_BAD_PORT", 70000],
      ["ERR_SOCKET_BAD_PORT", -1],
      ["ERR_SOCKET_BAD_PORT", 1.5],
      ["ERR_SOCKET_BAD_PORT", { port: "seven" }],
      ["ERR_INVALID_ARG_VALUE", { port: true }],
      ["ERR_INVALID_ARG_TYPE", { port: 80, signal: "none" }],
    ];
    const { value, error, leaks } = await virtually(async () => {
      const server = net.createServer();
      const refusals = targets.map(([, ...args]) => {
        try {
          return server.listen(...(args as [number]));
        } catch (refused) {
          return [(refused as NodeJS.ErrnoException).code, server.listening];
        }
      });
      await once(server.listen(80), "listening");
      server.close();
      return refusals;
    });
    expect({ error, leaks }).to.deep.equal({ error: undefined, leaks: [] });
    expect(value).to.deep.equal(targets.map(([code]) => [code, false]));
  });

  it("closes servers whose signals are aborted, before and meanwhile", async () => {
    const { value, seconds } = await virtually(async () => {
      const aborted = net.createServer().listen({ port: 80, signal: AbortSignal.abort() });
      await once(aborted, "close");
      const meanwhile = new AbortController();
      const server = net.createServer().listen({ port: 80, signal: meanwhile.signal });
      setTimeout(() => meanwhile.abort(), 1000);
      await once(server, "close");
      return [aborted.listening, server.listening];
    });
    expect(value).to.deep.equal([false, false]);
    expect(seconds).to.equal(1);
  });

  it("drops connections over a server's maximum, and says whose", async () => {
    const { value } = await virtually(async () => {
      const server = await echo(7000);
      server.maxConnections = 1;
      const first = net.connect(7000, "127.0.0.1");
      await once(first, "connect");
      const dropped = once(server, "drop");
      const second = net.connect(7000, "127.0.0.1").on("error", () => {});
      const [told] = (await dropped) as [net.DropArgument];
      const { localPort } = second;
      first.destroy();
      server.close();
      return [told.localPort, told.remoteAddress, told.remotePort === localPort];
    });
    expect(value).to.deep.equal([7000, "127.0.0.1", true]);
  });

  it("carries node:http by its own agent, with dates of virtual time", async () => {
    const { value, leaks } = await virtually(async () => {
      const server = http.createServer((request, response) => {
        if (request.url === "/own") response.setHeader("date", "today");
        setTimeout(() => response.end(request.url), 1000);
      });
      await once(server.listen(80), "listening");
      const seen: unknown[] = [];
      for (const path of ["/page", "/own"]) {
        const [response] = (await once(http.get(`http://localhost${path}`), "response")) as [
          http.IncomingMessage,
        ];
        seen.push(response.headers.date, await text(response));
      }
      const fetched = await fetch("http://localhost/fetched");
      seen.push(fetched.headers.get("date"), await fetched.text());
      server.closeAllConnections();
      server.close();
      return seen;
    });
    expect(leaks).to.deep.equal([]);
    expect(value).to.deep.equal([
      "Sat, 01 Jan 2000 00:00:01 GMT",
      "/page",
      "today",
      "/own",
      "Sat, 01 Jan 2000 00:00:03 GMT",
      "/fetched",
    ]);
  });

  it("dates the answers of node:http, however its other headers are given", async () => {
    const { value, leaks, error } = await virtually(async () => {
      const shapes = [{ vary: "date" }, [["vary", "date"]], ["vary", "date"]];
      const server = http.createServer((request, response) => {
        const shape = Number(request.url?.slice(1));
        response.sendDate = true;
        response.writeHead(200, shapes[shape] as http.OutgoingHttpHeaders).end();
      });
      await once(server.listen(80), "listening");
      const dates: unknown[] = [];
      for (const shape of shapes.keys()) {
        const { headers } = await fetch(`http://localhost/${shape}`);
        dates.push(headers.get("date"));
      }
      server.closeAllConnections();
      server.close();
      return dates;
    });
    expect({ error, leaks }).to.deep.equal({ error: undefined, leaks: [] });
    expect(value).to.deep.equal(Array.from({ length: 3 }, () => "Sat, 01 Jan 2000 00:00:00 GMT"));
  });

  it("carries node:tls and node:https, with real handshakes", async () => {
    const { certificate: cert, privateKey: key } = contents(certificates().server);
    const ca = readFileSync(certificates().trustRoot);
    const { value, error } = await virtually(
      async () => {
        const secret = tls.createServer({ key, cert }, (socket) => socket.end("secret"));
        const web = https.createServer({ key, cert }, (_request, response) => response.end("web"));
        await once(secret.listen(7000), "listening");
        await once(web.listen(443), "listening");
        const seen = [
          await text(tls.connect(7000, "tea.example", { ca, servername: "tea.example" })),
        ];
        const [response] = (await once(
          https.get("https://tea.example/", { ca, agent: false }),
          "response",
        )) as [http.IncomingMessage];
        seen.push(await text(response));
        secret.close();
        web.close();
        return seen;
      },
      { clock: { names: { "tea.example": "10.0.0.1" } } },
    );
    expect(error).to.equal(undefined);
    expect(value).to.deep.equal(["secret", "web"]);
  });

  it("answers node:dns from the clock's names", async () => {
    const names = {
      "both.example": ["10.0.0.1", "fd00::1"],
      "slow.example": { addresses: ["10.0.0.2"], delay: 2 },
    };
    const { value, seconds } = await virtually(
      async () => {
        const { lookup, resolve4, resolve6, Resolver } = dns.promises;
        const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
          promise.then(undefined, (error: unknown) => {
            const { code, syscall } = error as NodeJS.ErrnoException;
            return `${syscall} ${code}`;
          });
        return [
          await lookup("both.example"),
          await lookup("both.example", { all: true }),
          await lookup("both.example", 6),
          await lookup("127.0.0.1", { family: "IPv4" }),
          await resolve4("both.example"),
          await resolve4("both.example", { ttl: true }),
          await resolve6("both.example"),
          await dns.promises.resolve("both.example", "AAAA"),
          await new Resolver().resolve4("slow.example"),
          await codeOf(lookup("nobody.example")),
          await codeOf(resolve4("nobody.example")),
          await codeOf(dns.promises.resolveMx("both.example")),
          await codeOf(dns.promises.reverse("10.0.0.1")),
          await new Promise((resolve) => dns.resolve4("both.example", (...args) => resolve(args))),
          await new Promise((resolve) => dns.lookup("no.example", (error) => resolve(error?.code))),
        ];
      },
      { clock: { names } },
    );
    expect(value).to.deep.equal([
      { address: "10.0.0.1", family: 4 },
      [
        { address: "10.0.0.1", family: 4 },
        { address: "fd00::1", family: 6 },
      ],
      { address: "fd00::1", family: 6 },
      { address: "127.0.0.1", family: 4 },
      ["10.0.0.1"],
      [{ address: "10.0.0.1", ttl: 60 }],
      ["fd00::1"],
      ["fd00::1"],
      ["10.0.0.2"],
      "getaddrinfo ENOTFOUND",
      "queryA ENOTFOUND",
      "queryMx ENODATA",
      "getHostByAddr ENOTFOUND",
      [null, ["10.0.0.1"]],
      "ENOTFOUND",
    ]);
    expect(seconds).to.equal(2);
  });
});
