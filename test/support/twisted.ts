import { spawnSync } from "node:child_process";

/** Debian's, whose Twisted is a peer of the tests. */
export const PYTHON = "/usr/bin/python3";

/**
 * Skips the tests of a suite, and says so, where Debian's Twisted is not installed. In CI it must
 * be there.
 */
export function needsTwisted(context: Mocha.Context): void {
  const { status, stderr } = spawnSync(PYTHON, ["-c", "import twisted"], { encoding: "utf8" });
  if (status === 0) return;
  if (process.env["CI"] !== undefined) throw new Error(`Twisted is not installed: ${stderr}`);
  console.log("      skipped: Twisted (python3-twisted) is not installed");
  context.skip();
}
