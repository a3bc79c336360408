import { execFileSync } from "node:child_process";

/**
 * From now on this process may have only so many files open. From its beginning would be too early:
 * what loads modules opens as many at once as the machine's load has it.
 */
export function limitDescriptors(count: number): void {
  execFileSync("prlimit", ["--pid", String(process.pid), `--nofile=${count}`]);
}
