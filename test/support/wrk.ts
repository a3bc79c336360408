/** Load on an HTTP server by wrk (Debian: wrk), another program in another process. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

export interface Load {
  readonly requests: number;
  /** Connections that were refused, cut, or late; answers that were not 2xx. None: all zeros. */
  readonly errors: Readonly<Record<"connect" | "read" | "write" | "timeout" | "status", number>>;
}

/** Asks over so many connections, kept open, as fast as it can. */
export async function load(url: string, connections: number, seconds: number): Promise<Load> {
  const args = ["-t1", `-c${connections}`, `-d${seconds}s`, url];
  const { stdout } = await promisify(execFile)("wrk", args, {
    timeout: (seconds + 10) * 1000,
    killSignal: "SIGKILL",
  });
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
