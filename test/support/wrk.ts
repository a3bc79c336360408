/** Load on an HTTP server by wrk (Debian: wrk), another program in another process. */
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

export interface Load {
  readonly requests: number;
  /** Connections that were refused, cut, or late; answers that were not 2xx. None: all zeros. */
  readonly errors: Readonly<Record<"connect" | "read" | "write" | "timeout" | "status", number>>;
}

/** It gives up by then. */
const SECONDS_MAX = 100;
/** What is late for want of a processor is not lost; what never comes still counts by then. */
const LATE_SECONDS = 30;

/** Asks over so many connections, kept open, as fast as it can, until something has happened. */
export async function load(
  url: string,
  connections: number,
  happened: PromiseLike<unknown>,
): Promise<Load> {
  const limits = [`-d${SECONDS_MAX}s`, "--timeout", `${LATE_SECONDS}s`];
  const options = ["-t1", `-c${connections}`, ...limits];
  const wrk = spawn("wrk", [...options, url], {
    stdio: ["ignore", "pipe", "inherit"],
    timeout: 2 * SECONDS_MAX * 1000,
    killSignal: "SIGKILL",
  });
  const printed = text(wrk.stdout);
  try {
    await happened;
  } finally {
    // It stops then, and tells how it went.
    wrk.kill("SIGINT");
  }
  const stdout = await printed;
  const number = (pattern: RegExp): number => Number(pattern.exec(stdout)?.[1] ?? 0);
  return {
    requests: number(/(\d+) requests in/),
    errors: {
      connect: number(/Socket errors: .*connect (\d+)/),
      read: number(/Socket errors: .*read (\d+)/),
      write: number(/Socket errors: .*write (\d+)/),
      timeout: number(/Socket errors: .*timeout (\d+)/),
      status: number(/Non-2xx or 3xx responses: (\d+)/),
    },
  };
}

export const NO_ERRORS: Load["errors"] = { connect: 0, read: 0, write: 0, timeout: 0, status: 0 };
