/** `--watch`: Node watches the modules of the command as it runs, and runs it anew. */
import { spawn } from "node:child_process";
import { constants } from "node:os";

/** Tells the command that is run anew that it is watched. */
export const WATCHED = "SKEIN_WATCHED";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Runs the command under watch until a signal ends that. Resolves with its exit status. */
export function watch(args: readonly string[]): Promise<number> {
  const child = spawn(
    process.execPath,
    [...process.execArgv, "--watch", "--watch-preserve-output", process.argv[1] as string, ...args],
    { stdio: "inherit", env: { ...process.env, [WATCHED]: "1" } },
  );
  return new Promise((resolve, reject) => {
    for (const signal of SIGNALS) {
      process.on(signal, () => child.kill(signal));
    }
    child.on("error", reject);
    child.on("exit", (status, signal) => {
      resolve(signal === null ? (status ?? 1) : 128 + constants.signals[signal]);
    });
  });
}
