/** What the process of an echo server holds in memory for each of many idle connections. */
import net from "node:net";
import { once } from "node:events";
import { peers, startOurs } from "./echo/servers.ts";
import type { EchoServer } from "./echo/serve.ts";
import { compare, formatRatio, SMOKE } from "./support/ratio.ts";

const count = SMOKE ? 100 : 10_000;
const rounds = SMOKE ? 1 : 5;
/** So many connect at a time, that the backlog of no server overflows. */
const AT_ONCE = 50;

/** Of a fresh server, as memory that was used once is seldom given back. */
async function bytesEach(start: () => Promise<EchoServer>): Promise<number> {
  const server = await start();
  const sockets: net.Socket[] = [];
  // What the first ones need is not theirs alone.
  await connect(server.port, AT_ONCE, sockets);
  const before = await server.memory();
  await connect(server.port, count, sockets);
  const after = await server.memory();
  for (const socket of sockets) socket.destroy();
  server.stop();
  return (after - before) / count;
}

async function connect(port: number, howMany: number, into: net.Socket[]): Promise<void> {
  for (let made = 0; made < howMany; made += AT_ONCE) {
    const connecting = Array.from({ length: AT_ONCE }, async () => {
      const socket = net.connect({ port, host: "127.0.0.1" });
      into.push(socket);
      await once(socket, "connect");
      socket.write("x");
      await once(socket, "data");
    });
    await Promise.all(connecting);
  }
}

console.log(`Memory of each of ${count} idle connections, skein / peer (lower is better)\n`);
console.log("| peer | ratio |");
console.log("|---|---|");
for (const { name, start } of peers) {
  const ratio = await compare(
    rounds,
    () => bytesEach(startOurs),
    () => bytesEach(start),
  );
  console.log(`| ${name} | ${formatRatio(ratio)} |`);
}
