import { basename } from "node:path";
import { run } from "./run.mjs";

/**
 * Runs npm. Under `npm start` npm names its own script, which needs no shell; otherwise npm is
 * looked up like any other command.
 */
export function npm(args, { cwd, env = process.env } = {}) {
  const script = env.npm_execpath ?? "";
  const known = basename(script) === "npm-cli.js";
  const [command, first] = known ? [process.execPath, [script]] : ["npm", []];
  return run(command, [...first, ...args], { cwd, env });
}
