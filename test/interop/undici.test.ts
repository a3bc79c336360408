// First: undici takes functions of Node's when it is loaded.
import { bridged } from "../support/bridged.ts";
import http from "node:http";
import { connectDuplex, serveDuplex } from "skein/interop";
import type { Reactor } from "skein/reactor";
import { Client, fetch } from "undici";

/** A client of a server that says what it was asked for. */
async function open(reactor: Reactor<"tcp">): Promise<Client> {
  const server = http.createServer((request, response) => {
    response.sendDate = false;
    let body = "";
    request.on("data", (data: Buffer) => (body += data.toString()));
    request.on("end", () => response.end(`${request.method} ${request.url} ${body}`));
  });
  const port = await serveDuplex(reactor, 0, (socket) => server.emit("connection", socket));
  return new Client("http://status.example", {
    // Its timeouts are on the real clock.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect(_options, done) {
      const socket = connectDuplex(reactor, "127.0.0.1", port.getHost().port);
      socket.once("connect", () => done(null, socket as never));
      socket.once("error", (error) => done(error, null));
    },
  });
}

describe("undici over the bridge", () => {
  bridged(
    "asks, and asks again on the same connection",
    async (reactor) => {
      const client = await open(reactor);
      let connected = 0;
      client.on("connect", () => connected++);
      const seen: string[] = [];
      for (const path of ["/one", "/two"]) {
        const { statusCode, body } = await client.request({ path, method: "PUT", body: "tea" });
        seen.push(`${statusCode} ${await body.text()}`);
      }
      await client.close();
      return [...seen, `${connected} connection`];
    },
    ["200 PUT /one tea", "200 PUT /two tea", "1 connection"],
  );

  bridged(
    "fetches",
    async (reactor) => {
      const client = await open(reactor);
      const response = await fetch("http://status.example/page", { dispatcher: client });
      const text = await response.text();
      await client.close();
      return [text];
    },
    ["GET /page "],
  );
});
