/** Asks a station as a script would: by a command, and waits until it is there. */
import { execFileSync } from "node:child_process";
import { readingIn, type Station } from "./report.ts";

export function ask({ port }: Station): number | undefined {
  try {
    const answer = execFileSync("nc", ["-w", "5", "127.0.0.1", String(port)], {
      input: "read\n",
      encoding: "utf8",
      stdio: "pipe",
    });
    return readingIn(answer);
  } catch {
    return undefined; // nobody listens there
  }
}
