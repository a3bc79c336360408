/**
 * TCP echo: a Protocol on our libuv transport beside `socket.on("data", write)` of node:net, and
 * Twisted's.
 *
 * Each server has a process of its own; this process makes the load. "throughput" is messages in
 * the same time, "CPU" how much the server's process worked for the same messages: it is the more
 * telling figure, since on a small machine the load shares the cores. Each comparison has fresh
 * servers: in bulk, page faults are half of the cost, and whether there are any depends on what the
 * allocator of the process has been through.
 */
import type { EchoServer } from "./echo/serve.ts";
import { peers, startOurs } from "./echo/servers.ts";
import { type Load, run } from "./echo/load.ts";
import { compare, formatRatio, SMOKE } from "./support/ratio.ts";

const scale = SMOKE ? 0.02 : 1;
const rounds = SMOKE ? 1 : 9;

const loads: Load[] = [
  {
    name: "1 connection, 64 B ping-pong",
    connections: 1,
    depth: 1,
    messageBytes: 64,
    messages: 15_000,
  },
  {
    name: "100 connections, 64 B, depth 16",
    connections: 100,
    depth: 16,
    messageBytes: 64,
    messages: 400_000,
  },
  {
    name: "bulk, 4 connections, 64 KiB",
    connections: 4,
    depth: 4,
    messageBytes: 65_536,
    messages: 8_000,
  },
].map((load) => ({ ...load, messages: Math.ceil(load.messages * scale) }));

console.log("TCP echo, skein / peer, median of interleaved pairs (min–max)\n");
console.log("| load | peer | throughput (higher is better) | server CPU (lower is better) |");
console.log("|---|---|---|---|");
for (const load of loads) {
  const rate = (server: EchoServer) => async () => load.messages / (await run(server.port, load));
  const work = (server: EchoServer) => async () => {
    const before = await server.usage();
    await run(server.port, load);
    return (await server.usage()) - before;
  };
  for (const { name, start } of peers) {
    const ours = await startOurs();
    const theirs = await start();
    const throughput = formatRatio(await compare(rounds, rate(ours), rate(theirs)));
    const cpu = formatRatio(await compare(rounds, work(ours), work(theirs)));
    console.log(`| ${load.name} | ${name} | ${throughput} | ${cpu} |`);
    ours.stop();
    theirs.stop();
  }
}
