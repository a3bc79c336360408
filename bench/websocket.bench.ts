/**
 * WebSocket echo: a WebSocketProtocol of a site beside ws alone. Each server has a process of its
 * own, and so has the load, which counts bytes instead of framing.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { EchoServer } from "./echo/serve.ts";
import { compareAll, formatRatio, SMOKE } from "./support/ratio.ts";

const scale = SMOKE ? 0.02 : 1;
const rounds = SMOKE ? 1 : 9;

const loads = [
  { name: "1 connection, 64 B, ping-pong", connections: 1, depth: 1, bytes: 64, messages: 10_000 },
  { name: "50 connections, 64 B, depth 1", connections: 50, depth: 1, bytes: 64, messages: 50_000 },
  {
    name: "50 connections, 64 B, depth 16",
    connections: 50,
    depth: 16,
    bytes: 64,
    messages: 200_000,
  },
  {
    name: "10 connections, 16 KiB, depth 4",
    connections: 10,
    depth: 4,
    bytes: 16_384,
    messages: 20_000,
  },
];

class Load {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(port: number, connections: number, depth: number, bytes: number) {
    const script = new URL("./websocket/load.mjs", import.meta.url).pathname;
    const args = [script, port, connections, depth, bytes].map(String);
    const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
    this.#child = child;
    this.#lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  }

  async run(messages: number): Promise<number> {
    this.#child.stdin?.write(`${messages}\n`);
    const line = await this.#lines.next();
    if (line.done === true) throw new Error("the load ended before its echoes had come");
    return Number.parseFloat(line.value);
  }

  stop(): void {
    this.#child.stdin?.end();
  }
}

const start = (name: string): Promise<EchoServer> =>
  EchoServer.startNode(new URL(`./websocket/${name}-server.mjs`, import.meta.url));

console.log("WebSocket echo, skein / ws alone, median of interleaved pairs (min–max)\n");
console.log("| load | throughput (higher is better) | server CPU (lower is better) |");
console.log("|---|---|---|");
for (const { name, connections, depth, bytes, messages } of loads) {
  const contestants = await Promise.all(
    ["skein", "ws"].map(async (which) => {
      const server = await start(which);
      const load = new Load(server.port, connections, depth, bytes);
      const measure = async (): Promise<number[]> => {
        const before = await server.usage();
        const seconds = await load.run(Math.ceil(messages * scale));
        return [1 / seconds, (await server.usage()) - before];
      };
      return { server, load, measure };
    }),
  );
  const [ours, theirs] = contestants.map(({ measure }) => measure) as [
    () => Promise<number[]>,
    () => Promise<number[]>,
  ];
  const comparisons = await compareAll(rounds, ours, theirs);
  console.log(`| ${[name, ...comparisons.map(formatRatio)].join(" | ")} |`);
  for (const { server, load } of contestants) {
    load.stop();
    server.stop();
  }
}
