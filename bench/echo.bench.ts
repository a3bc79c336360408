/**
 * TCP echo: a Protocol on our libuv transport beside `socket.on("data", write)` of node:net, and
 * Twisted's.
 *
 * Each server has a process of its own, and so has the load, which is a program in C: it has to be
 * faster than the servers, so that they are what is measured. "load busy" is the greatest share of
 * the time for which it was at work itself.
 *
 * "throughput" is messages in the same time, "CPU" how much the server's process worked for the
 * same messages. Each comparison has fresh servers: in bulk, page faults are half of the cost, and
 * whether there are any depends on what the allocator of the process has been through.
 */
import type { EchoServer } from "./echo/serve.ts";
import { peers, startOurs } from "./echo/servers.ts";
import { compileLoad, type Load, Loader } from "./echo/load.ts";
import { compareAll, formatRatio, SMOKE } from "./support/ratio.ts";

const scale = SMOKE ? 0.02 : 1;
const rounds = SMOKE ? 1 : 9;

const loads: readonly Load[] = [
  of("1 connection, 64 B, ping-pong", 1, 1, 64, 20_000),
  of("100 connections, 64 B, depth 1", 100, 1, 64, 40_000),
  of("100 connections, 64 B, depth 16", 100, 16, 64, 400_000),
  of("10 connections, 1 KiB, depth 1", 10, 1, 1024, 40_000),
  of("bulk: 4 connections, 64 KiB, depth 4", 4, 4, 65_536, 12_000),
];

function of(
  name: string,
  connections: number,
  depth: number,
  messageBytes: number,
  messages: number,
): Load {
  return { name, connections, depth, messageBytes, messages: Math.ceil(messages * scale) };
}

/** A server under load. */
class Contestant {
  /** The greatest share of the time that the load was at work itself. */
  busy = 0;
  readonly #server: EchoServer;
  readonly #loader: Loader;
  readonly #messages: number;

  constructor(server: EchoServer, program: string, load: Load) {
    this.#server = server;
    this.#loader = new Loader(program, server.port, load);
    this.#messages = load.messages;
  }

  /** Messages per second, and the CPU seconds of the server. */
  readonly measure = async (): Promise<number[]> => {
    const before = await this.#server.usage();
    const { seconds, ownSeconds } = await this.#loader.run();
    const used = (await this.#server.usage()) - before;
    this.busy = Math.max(this.busy, ownSeconds / seconds);
    return [this.#messages / seconds, used];
  };

  stop(): void {
    this.#loader.stop();
    this.#server.stop();
  }
}

async function compareServers(program: string): Promise<void> {
  console.log("TCP echo, skein / peer, median of interleaved pairs (min–max)\n");
  console.log("| load | peer | throughput (higher is better) | server CPU (lower) | load busy |");
  console.log("|---|---|---|---|---|");
  for (const load of loads) {
    for (const { name, start } of peers) {
      const ours = new Contestant(await startOurs(), program, load);
      const theirs = new Contestant(await start(), program, load);
      const comparisons = await compareAll(rounds, ours.measure, theirs.measure);
      const busy = `${Math.round(Math.max(ours.busy, theirs.busy) * 100)} %`;
      console.log(`| ${[load.name, name, ...comparisons.map(formatRatio), busy].join(" | ")} |`);
      ours.stop();
      theirs.stop();
    }
  }
}

const program = compileLoad();
if (program !== undefined) await compareServers(program);
