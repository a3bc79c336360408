import { once } from "node:events";
import { readFileSync } from "node:fs";
import tls from "node:tls";
import { expect } from "chai";
import { adoptDuplex, connectDuplex, serveDuplex } from "skein/interop";
import { LineReceiver } from "skein/protocols";
import type { Reactor } from "skein/reactor";
import { bridged } from "../support/bridged.ts";
import { certificates, contents } from "../support/certificates.ts";

/** A server that shouts back, and a client: TLS of Node's on connections of the reactor's. */
async function open(reactor: Reactor<"tcp">, servername: string): Promise<tls.TLSSocket> {
  const { certificate: cert, privateKey: key } = contents(certificates().server);
  const server = tls.createServer({ key, cert }, (socket) => {
    socket.on("data", (data: Buffer) => socket.write(data.toString().toUpperCase()));
    socket.on("end", () => socket.end());
  });
  server.on("tlsClientError", () => {});
  const port = await serveDuplex(reactor, 0, (socket) => server.emit("connection", socket));
  return tls.connect({
    socket: connectDuplex(reactor, "127.0.0.1", port.getHost().port),
    ca: readFileSync(certificates().trustRoot),
    servername,
  });
}

describe("node:tls over the bridge", () => {
  bridged(
    "talks in secret, and ends",
    async (reactor) => {
      const client = await open(reactor, "tea.example");
      await once(client, "secureConnect");
      client.write("hello");
      const [data] = (await once(client, "data")) as [Buffer];
      client.end();
      await once(client, "close");
      return [data.toString(), `authorized: ${client.authorized}`];
    },
    ["HELLO", "authorized: true"],
    { encrypted: true },
  );

  bridged(
    "refuses a server of another name",
    async (reactor) => {
      const client = await open(reactor, "coffee.example");
      const [error] = (await once(client, "error")) as [NodeJS.ErrnoException];
      return [String(error.code)];
    },
    ["ERR_TLS_CERT_ALTNAME_INVALID"],
    { encrypted: true },
  );

  bridged(
    "carries a protocol, as any Duplex does",
    async (reactor) => {
      const client = await open(reactor, "tea.example");
      const line = new Promise<string>((resolve) => {
        class Asking extends LineReceiver {
          override delimiter = "\n";
          override connectionMade(): void {
            expect(this.transport.encrypted).to.equal(true);
            this.sendLine("one line");
          }
          override lineReceived(heard: string): void {
            resolve(heard);
            this.transport.loseConnection();
          }
        }
        adoptDuplex(reactor, client, new Asking());
      });
      return [await line];
    },
    ["ONE LINE"],
    { encrypted: true },
  );
});
