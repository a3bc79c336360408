/**
 * A site answers alike whatever its connections are: sockets that take its answers in pieces, the
 * same behind a policy or TLS, which do not, and those of virtual time.
 */
import { bridged } from "../support/bridged.ts";
import { once } from "node:events";
import http from "node:http";
import { connectDuplex } from "skein/interop";
import { LimitTotalConnectionsFactory } from "skein/protocols";
import type { ListeningPort, Reactor } from "skein/reactor";
import { deferLater } from "skein/task";
import { Site, type RequestHandler } from "skein/web";
import { connectWebSocket, WebSocketProtocol, websockets } from "skein/websocket";
import { get, RawClient } from "../support/web.ts";

const LARGE = 400_000;

const page: RequestHandler = async (request, response) => {
  if (request.url === "/large") {
    response.end(Buffer.alloc(LARGE, "x"));
  } else if (request.url === "/pieces") {
    for (const piece of ["ä", "bc", "d".repeat(20_000)]) response.write(piece);
    response.end("e");
  } else {
    let bytes = 0;
    for await (const piece of request) bytes += (piece as Uint8Array).length;
    response.end(`${request.url} ${bytes}`);
  }
};

class Echo extends WebSocketProtocol {
  override messageReceived(message: string | Uint8Array): void {
    this.transport.send(message);
  }
}

type Listen = (reactor: Reactor<"tcp">, site: Site) => PromiseLike<ListeningPort>;

const listen: Readonly<Record<string, Listen>> = {
  "with nothing between": (reactor, site) => reactor.listenTCP(0, site, { interface: "127.0.0.1" }),
  "behind a policy": (reactor, site) =>
    reactor.listenTCP(0, new LimitTotalConnectionsFactory(site, 100), { interface: "127.0.0.1" }),
};

for (const [where, open] of Object.entries(listen)) {
  const serve = async (reactor: Reactor<"tcp">): Promise<{ site: Site; port: number }> => {
    const site = new Site(reactor, page);
    websockets(site, "/echo", () => new Echo());
    return { site, port: (await open(reactor, site)).getHost().port };
  };
  const dial = async (reactor: Reactor<"tcp">): Promise<RawClient> =>
    new RawClient(connectDuplex(reactor, "127.0.0.1", (await serve(reactor)).port));

  /** A site, and a client that has asked for much and takes none of it. */
  const stalled = async (reactor: Reactor<"tcp">): Promise<{ site: Site; client: RawClient }> => {
    const { site, port } = await serve(reactor);
    const client = new RawClient(connectDuplex(reactor, "127.0.0.1", port));
    client.socket.pause();
    client.send(get("/large").repeat(20));
    await deferLater(reactor, 0.2);
    return { site, client };
  };

  describe(`a site ${where}`, () => {
    bridged(
      "answers what was sent in advance in its order, small and large, whole",
      async (reactor) => {
        const client = await dial(reactor);
        const asked = ["/1", "/large", "/2", "/large", "/pieces", "/3"];
        client.send(asked.map((path) => get(path)).join(""));
        await client.until("/3 0");
        client.socket.destroy();
        const larges = [...client.heard.matchAll(/x{2,}/g)].map(([text]) => text.length);
        const between = client.heard.indexOf("/2 0");
        return [client.statuses.join(), larges.join(), String(between > LARGE)];
      },
      ["200,200,200,200,200,200", `${LARGE},${LARGE}`, "true"],
    );

    bridged(
      "gives the pieces of an answer as they were written",
      async (reactor) => {
        const { port } = await serve(reactor);
        const createConnection = () => connectDuplex(reactor, "127.0.0.1", port);
        const request = http.get({ host: "a", path: "/pieces", createConnection });
        const [response] = (await once(request, "response")) as [http.IncomingMessage];
        const pieces: Buffer[] = [];
        for await (const piece of response) pieces.push(piece as Buffer);
        const text = Buffer.concat(pieces).toString();
        return [text.slice(0, 5), String(text.length), text.slice(-2)];
      },
      ["äbcdd", "20004", "de"],
    );

    bridged(
      "takes a body that comes in many chunks",
      async (reactor) => {
        const client = await dial(reactor);
        client.send("POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n");
        for (let sent = 0; sent < 500_000; sent += 50_000) {
          client.send(new Uint8Array(50_000));
          await deferLater(reactor, 0.001);
        }
        await client.until("/body 500000");
        client.socket.destroy();
        return client.statuses;
      },
      ["200"],
    );

    bridged(
      "keeps nothing of an answer whose client goes away in the middle",
      async (reactor) => {
        const { site, client } = await stalled(reactor);
        const before = site.connections;
        client.socket.resetAndDestroy();
        await deferLater(reactor, 0.2);
        return [`${before}, then ${site.connections}`];
      },
      ["1, then 0"],
    );

    bridged(
      "cuts off those who take nothing of an answer when their time to drain is over",
      async (reactor) => {
        const { site, client } = await stalled(reactor);
        await site.drain(0.2);
        client.socket.destroy();
        return [`${site.connections} left`];
      },
      ["0 left"],
    );

    bridged(
      "echoes messages of a WebSocket in their order",
      async (reactor) => {
        const { port } = await serve(reactor);
        const client = await connectWebSocket(reactor, `ws://127.0.0.1:${port}/echo`, undefined, {
          headers: { host: "a" },
        });
        const sizes = [1, 100_000, 0, 16_384, 16_384, 16_384, 16_384, 125, 126, 65_536];
        for (const size of sizes) client.send(new Uint8Array(size));
        const lengths: number[] = [];
        while (lengths.length < sizes.length) lengths.push((await client.receive()).length);
        client.close();
        await deferLater(reactor, 0.2);
        return [String(lengths.join() === sizes.join())];
      },
      ["true"],
    );
  });
}
