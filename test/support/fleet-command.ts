/** The `reactor` command with `--processes`, and who asks its daemon. */
import { once } from "node:events";
import net from "node:net";
import { text } from "node:stream/consumers";
import { start, type Running } from "./command.ts";

/** Several processes start one after another, beside others' on the same processors. */
export const FLEET_LIFETIME_MS = 110_000;
/** What a test of a fleet may take, on processors that have much else to do. */
export const FLEET_TEST_MS = 120_000;

/** The process ids that a fleet has said are ready, in that order. */
export async function readyPids(fleet: Running, count: number): Promise<number[]> {
  const lines = "[^]*?process \\d+ \\(pid (\\d+)\\) is ready".repeat(count);
  const [, ...pids] = await fleet.printed(new RegExp(lines));
  return pids.map(Number);
}

/** What a server says before it closes the connection; to who has said something, if need be. */
export async function hear(to: net.NetConnectOpts, say = ""): Promise<string> {
  const socket = net.connect(to);
  if (say !== "") socket.write(say);
  return (await text(socket)).trim();
}

/** A port that nobody listens on, as far as one can know. */
export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Whether a process is there. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Runs `body` with a fleet of two, which is killed if it is left. */
export async function withFleet(
  args: readonly string[],
  body: (fleet: Running, pids: number[]) => Promise<void>,
): Promise<void> {
  const fleet = start(["--processes", "2", ...args], [], {}, FLEET_LIFETIME_MS);
  try {
    await body(fleet, await readyPids(fleet, 2));
  } finally {
    fleet.kill("SIGKILL");
    await fleet.ended;
  }
}
