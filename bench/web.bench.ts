/**
 * HTTP: a Site on our libuv transport beside node:http alone, with the same handler, under wrk.
 * Each server has a process of its own, and so has the load.
 *
 * "throughput" is requests in the same time, "CPU" how much the server's process worked for each.
 */
import { spawn, spawnSync } from "node:child_process";
import { text } from "node:stream/consumers";
import { EchoServer } from "./echo/serve.ts";
import { compareAll, formatRatio, SMOKE } from "./support/ratio.ts";

const rounds = SMOKE ? 1 : 9;
const seconds = SMOKE ? 1 : 2;

const script = new URL("./web/post.lua", import.meta.url).pathname;
const loads: readonly { name: string; path: string; args: readonly string[] }[] = [
  { name: "GET, 13 B, 1 connection", path: "/", args: ["-c1"] },
  { name: "GET, 13 B, 50 connections", path: "/", args: ["-c50"] },
  { name: "GET, 64 KiB, 50 connections", path: "/large", args: ["-c50"] },
  { name: "POST, 1 KiB, 50 connections", path: "/", args: ["-c50", "-s", script] },
];

/** Requests per second, and the server's CPU seconds for a million of them. */
async function measure(
  server: EchoServer,
  path: string,
  args: readonly string[],
): Promise<number[]> {
  const before = await server.usage();
  const url = `http://127.0.0.1:${server.port}${path}`;
  const wrk = spawn("wrk", ["-t1", `-d${seconds}s`, ...args, url]);
  const said = await text(wrk.stdout);
  const used = (await server.usage()) - before;
  const [, requests] = /(\d+) requests in/.exec(said) ?? [];
  if (requests === undefined || /Socket errors|Non-2xx/.test(said)) throw new Error(said);
  return [Number(requests) / seconds, (used / Number(requests)) * 1e6];
}

async function main(): Promise<void> {
  console.log("HTTP, skein / node:http, median of interleaved pairs (min–max)\n");
  console.log("| load | throughput (higher is better) | server CPU per request (lower) |");
  console.log("|---|---|---|");
  const start = (name: string): Promise<EchoServer> =>
    EchoServer.startNode(new URL(`./web/${name}-server.mjs`, import.meta.url));
  for (const { name, path, args } of loads) {
    const [ours, theirs] = await Promise.all([start("skein"), start("http")]);
    const comparisons = await compareAll(
      rounds,
      () => measure(ours, path, args),
      () => measure(theirs, path, args),
    );
    console.log(`| ${[name, ...comparisons.map(formatRatio)].join(" | ")} |`);
    for (const server of [ours, theirs]) server.stop();
  }
}

if (spawnSync("wrk", ["--version"]).error === undefined) await main();
else if (process.env["CI"] === undefined) console.log("wrk is not installed: left out.");
else throw new Error("wrk is not installed (Debian: wrk)");
