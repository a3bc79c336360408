/**
 * Port forward: `portForward` beside `a.pipe(b); b.pipe(a)` of node:net, in front of the same echo
 * server. Each is a process of its own, and so is the echo server; this process makes the load.
 */
import { type Load, run } from "./echo/load.ts";
import { EchoServer } from "./echo/serve.ts";
import { compare, formatRatio, SMOKE } from "./support/ratio.ts";

const scale = SMOKE ? 0.02 : 1;
const rounds = SMOKE ? 1 : 9;

const loads: Load[] = [
  {
    name: "100 connections, 64 B, depth 16",
    connections: 100,
    depth: 16,
    messageBytes: 64,
    messages: 200_000,
  },
  {
    name: "bulk, 4 connections, 64 KiB",
    connections: 4,
    depth: 4,
    messageBytes: 65_536,
    messages: 8_000,
  },
].map((load) => ({ ...load, messages: Math.ceil(load.messages * scale) }));

const start = (module: string, ...args: readonly string[]): Promise<EchoServer> =>
  EchoServer.startNode(new URL(module, import.meta.url), args);

console.log("port forward, skein / pipes of node:net, median of interleaved pairs (min–max)\n");
console.log("| load | throughput (higher is better) | CPU (lower is better) |");
console.log("|---|---|---|");
for (const load of loads) {
  const echo = await start("./echo/net-server.ts");
  const [ours, theirs] = await Promise.all([
    start("./forward/skein-forward.ts", String(echo.port)),
    start("./forward/net-forward.ts", String(echo.port)),
  ]);
  const rate = (server: EchoServer) => async () => load.messages / (await run(server.port, load));
  const work = (server: EchoServer) => async () => {
    const before = await server.usage();
    await run(server.port, load);
    return (await server.usage()) - before;
  };
  const throughput = formatRatio(await compare(rounds, rate(ours), rate(theirs)));
  const cpu = formatRatio(await compare(rounds, work(ours), work(theirs)));
  console.log(`| ${load.name} | ${throughput} | ${cpu} |`);
  for (const server of [ours, theirs, echo]) server.stop();
}
