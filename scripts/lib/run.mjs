import { spawn } from "node:child_process";
import { constants } from "node:os";
import { root } from "./paths.mjs";

/**
 * Runs a command without a shell and collects what it writes. Never rejects for a failing command:
 * the caller decides what a status means.
 *
 * @returns {Promise<{ status: number, stdout: string, output: string }>} `output` holds stdout and
 *   stderr in the order of arrival
 */
export function run(command, args, { cwd = root, env = process.env, timeoutMs } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let output = "";
    let late;
    const collect = (chunk) => (output += chunk);
    child.stdout.setEncoding("utf8").on("data", (chunk) => (stdout += chunk));
    child.stdout.on("data", collect);
    child.stderr.setEncoding("utf8").on("data", collect);
    if (timeoutMs !== undefined) {
      late = setTimeout(() => {
        output += `\nStopped: it had not ended after ${timeoutMs} ms.\n`;
        child.kill("SIGKILL");
      }, timeoutMs);
    }
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(late);
      resolve({ status: statusOf(code, signal), stdout, output });
    });
  });
}

/** Runs a node script on the caller's terminal, and hands signals meant for us on to it. */
export function runAttached(args, { cwd = root, env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd, env, stdio: "inherit" });
    // A terminal sends Ctrl-C to the whole group: the child has it already, and we only have to
    // outlive the child to report its status. SIGTERM reaches us alone; it is passed on as SIGINT
    // because mocha starts a process of its own, and takes that one along on SIGINT only.
    const onInterrupt = () => {};
    const onTerminate = () => child.kill("SIGINT");
    process.on("SIGINT", onInterrupt).on("SIGTERM", onTerminate);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      process.off("SIGINT", onInterrupt).off("SIGTERM", onTerminate);
      resolve(statusOf(code, signal));
    });
  });
}

/** A shell's convention: a process ended by signal n has the status 128 + n. */
function statusOf(code, signal) {
  return code ?? 128 + (constants.signals[signal] ?? 0);
}
