import { spawnSync } from "node:child_process";
import { createReactor, type Reactor } from "skein/reactor";

/** Runs `body` with a reactor on libuv, and sees that it leaves nothing behind. */
export async function onLibuv(body: (reactor: Reactor<"process">) => Promise<void>): Promise<void> {
  const reactor = createReactor("libuv");
  const stopped = reactor.run();
  await new Promise<void>((resolve) => reactor.callWhenRunning(resolve));
  try {
    await body(reactor);
  } finally {
    if (reactor.running) reactor.stop();
    await stopped;
  }
  const left = reactor.inspect().map(({ kind, description }) => `${kind}: ${description}`);
  if (left.length > 0) throw new Error(`left behind: ${left.join(", ")}`);
}

/** What it fails with. */
export async function failureOf(work: PromiseLike<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error("it did not fail");
}

/** Whether a process is there, and not dead. */
export function isAlive(pid: number): boolean {
  const status = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
  return status.stdout.trim() !== "" && !status.stdout.startsWith("Z");
}
