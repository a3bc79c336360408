import { once } from "node:events";
import http from "node:http";
import { connectDuplex, serveDuplex } from "skein/interop";
import type { Reactor } from "skein/reactor";
import { bridged } from "../support/bridged.ts";

interface Site {
  readonly agent: http.Agent;
  /** Asks, and gives the status and the body. */
  ask(options: http.RequestOptions, body?: readonly string[]): Promise<string>;
  /** Ports of the connections that the server has seen, one for each. */
  readonly connections: Set<number | undefined>;
  readonly server: http.Server;
}

/** A server over the bridge, and an agent that keeps its connections. */
async function site(
  reactor: Reactor<"tcp">,
  answer: (request: http.IncomingMessage, response: http.ServerResponse) => void,
): Promise<Site> {
  const connections = new Set<number | undefined>();
  const server = http.createServer((request, response) => {
    // The date would come from the real clock.
    response.sendDate = false;
    connections.add(request.socket.remotePort);
    answer(request, response);
  });
  const port = await serveDuplex(reactor, 0, (socket) => server.emit("connection", socket));
  const agent = new http.Agent({ keepAlive: true });
  agent.createConnection = () => connectDuplex(reactor, "127.0.0.1", port.getHost().port);
  const ask: Site["ask"] = async (options, body = []) => {
    // The port is none that varies, as it is sent in a header.
    const request = http.request({ agent, host: "status.example", ...options });
    for (const piece of body) request.write(piece);
    request.end();
    const [response] = (await once(request, "response")) as [http.IncomingMessage];
    return `${response.statusCode} ${await textOf(response)}`;
  };
  return { agent, ask, connections, server };
}

async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

describe("node:http over the bridge", () => {
  bridged(
    "keeps a connection for the next request",
    async (reactor) => {
      const { ask, connections } = await site(reactor, (request, response) => {
        response.end(`you asked for ${request.url}`);
      });
      const answers = [await ask({ path: "/one" }), await ask({ path: "/two" })];
      return [...answers, `${connections.size} connection`];
    },
    ["200 you asked for /one", "200 you asked for /two", "1 connection"],
  );

  bridged(
    "sends chunks both ways",
    async (reactor) => {
      const { ask } = await site(reactor, (request, response) => {
        request.on("data", (piece: Buffer) => response.write(piece.toString().toUpperCase()));
        request.on("end", () => response.end("!"));
      });
      return [await ask({ method: "POST" }, ["many", " ", "pieces"])];
    },
    ["200 MANY PIECES!"],
  );

  bridged(
    "sends a body of a megabyte",
    async (reactor) => {
      const { ask } = await site(reactor, (_request, response) => {
        response.end("x".repeat(1024 * 1024));
      });
      return [String((await ask({})).length)];
    },
    [String("200 ".length + 1024 * 1024)],
  );

  bridged(
    "waits for 100 Continue",
    async (reactor) => {
      const { agent, server } = await site(reactor, () => {});
      const seen: string[] = [];
      server.on("checkContinue", (request: http.IncomingMessage, response: http.ServerResponse) => {
        seen.push("asked to continue");
        response.sendDate = false;
        response.writeContinue();
        void textOf(request).then((body) => response.end(body));
      });
      const request = http.request({ agent, method: "PUT", headers: { expect: "100-continue" } });
      request.flushHeaders();
      await once(request, "continue");
      seen.push("continues");
      request.end("the body");
      const [response] = (await once(request, "response")) as [http.IncomingMessage];
      return [...seen, await textOf(response)];
    },
    ["asked to continue", "continues", "the body"],
  );

  bridged(
    "aborts a request",
    async (reactor) => {
      const aborted: string[] = [];
      let closed = (): void => {};
      const serverSaw = new Promise<void>((resolve) => (closed = resolve));
      const { agent } = await site(reactor, (request, response) => {
        response.write("the first half");
        request.on("error", (error: NodeJS.ErrnoException) => aborted.push(`${error.code}`));
        response.on("close", () => closed());
      });
      const request = http.request({ agent });
      request.end();
      const [response] = (await once(request, "response")) as [http.IncomingMessage];
      response.on("error", (error: NodeJS.ErrnoException) => aborted.push(`${error.code}`));
      await once(response, "data");
      request.destroy();
      await serverSaw;
      return aborted.sort();
    },
    ["ECONNRESET", "ECONNRESET"],
  );

  bridged(
    "times out, by the reactor's clock",
    async (reactor) => {
      const { agent } = await site(reactor, () => {});
      const request = http.request({ agent, timeout: 50 });
      request.end();
      const began = reactor.seconds();
      await once(request, "timeout");
      const late = reactor.seconds() - began >= 0.05;
      request.destroy();
      await once(request, "error");
      return [`late: ${late}`];
    },
    ["late: true"],
  );

  bridged(
    "tells that nobody listens",
    async (reactor) => {
      const createConnection = (): ReturnType<typeof connectDuplex> =>
        connectDuplex(reactor, "127.0.0.1", 1);
      const request = http.get({ createConnection });
      const [error] = (await once(request, "error")) as [NodeJS.ErrnoException];
      return [error.message];
    },
    ["connect ECONNREFUSED 127.0.0.1:1"],
  );
});
