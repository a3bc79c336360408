/**
 * Port forward: `portForward` beside `a.pipe(b); b.pipe(a)` of node:net, in front of the same echo
 * server. Each is a process of its own, and so is the echo server; the load is a program in C.
 */
import { compileLoad, type Load, Loader } from "./echo/load.ts";
import { EchoServer } from "./echo/serve.ts";
import { compareAll, formatRatio, SMOKE } from "./support/ratio.ts";

const scale = SMOKE ? 0.02 : 1;
const rounds = SMOKE ? 1 : 9;

const loads: readonly Load[] = [
  {
    name: "100 connections, 64 B, depth 16",
    connections: 100,
    depth: 16,
    messageBytes: 64,
    messages: 200_000,
  },
  {
    name: "bulk: 4 connections, 64 KiB, depth 4",
    connections: 4,
    depth: 4,
    messageBytes: 65_536,
    messages: 8_000,
  },
].map((load) => ({ ...load, messages: Math.ceil(load.messages * scale) }));

const start = (module: string, ...args: readonly string[]): Promise<EchoServer> =>
  EchoServer.startNode(new URL(module, import.meta.url), args);

/** Messages per second, and the CPU seconds of the forward. */
async function measure(server: EchoServer, loader: Loader, messages: number): Promise<number[]> {
  const before = await server.usage();
  const { seconds } = await loader.run();
  return [messages / seconds, (await server.usage()) - before];
}

async function main(program: string): Promise<void> {
  console.log("port forward, skein / pipes of node:net, median of interleaved pairs (min–max)\n");
  console.log("| load | throughput (higher is better) | CPU (lower is better) |");
  console.log("|---|---|---|");
  for (const load of loads) {
    const echo = await start("./echo/net-server.mjs");
    const contestants = await Promise.all(
      ["skein", "net"].map(async (name) => {
        const server = await start(`./forward/${name}-forward.mjs`, String(echo.port));
        const loader = new Loader(program, server.port, load);
        return { server, loader, run: () => measure(server, loader, load.messages) };
      }),
    );
    const [ours, theirs] = contestants.map(({ run }) => run) as [
      () => Promise<number[]>,
      () => Promise<number[]>,
    ];
    const comparisons = await compareAll(rounds, ours, theirs);
    console.log(`| ${[load.name, ...comparisons.map(formatRatio)].join(" | ")} |`);
    for (const { server, loader } of contestants) {
      loader.stop();
      server.stop();
    }
    echo.stop();
  }
}

const program = compileLoad();
if (program !== undefined) await main(program);
