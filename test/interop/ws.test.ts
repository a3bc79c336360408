// First: ws takes crypto's functions when it is loaded.
import { bridged } from "../support/bridged.ts";
import { once } from "node:events";
import http from "node:http";
import { connectDuplex, serveDuplex } from "skein/interop";
import type { Reactor } from "skein/reactor";
import { WebSocket, WebSocketServer } from "ws";

/** A server that shouts back, and a client. */
async function open(reactor: Reactor<"tcp">): Promise<[WebSocket, WebSocketServer]> {
  const server = http.createServer();
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  sockets.on("connection", (socket) => {
    socket.on("message", (data: Buffer) => socket.send(data.toString().toUpperCase()));
  });
  const port = await serveDuplex(reactor, 0, (socket) => server.emit("connection", socket));
  const client = new WebSocket("ws://chat.example/", {
    perMessageDeflate: false,
    // ws keeps a store of random masks, which would go on from one run to the next.
    generateMask: (mask) => mask.fill(7),
    createConnection: () => connectDuplex(reactor, "127.0.0.1", port.getHost().port),
  });
  await once(client, "open");
  return [client, sockets];
}

describe("ws over the bridge", () => {
  bridged(
    "talks, and closes with a code",
    async (reactor) => {
      const [client] = await open(reactor);
      const seen: string[] = [];
      for (const text of ["hello", "x".repeat(100_000)]) {
        client.send(text);
        const [data] = (await once(client, "message")) as [Buffer];
        seen.push(data.toString().slice(0, 8));
      }
      client.close(4000, "enough");
      const [code, reason] = (await once(client, "close")) as [number, Buffer];
      return [...seen, `${code} ${reason.toString()}`];
    },
    ["HELLO", "XXXXXXXX", "4000 enough"],
  );

  bridged(
    "tells of a peer that is gone",
    async (reactor) => {
      const [client, sockets] = await open(reactor);
      for (const socket of sockets.clients) socket.terminate();
      const [code] = (await once(client, "close")) as [number];
      return [String(code)];
    },
    ["1006"],
  );
});
