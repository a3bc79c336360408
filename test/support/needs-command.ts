import type { SpawnSyncReturns } from "node:child_process";

/**
 * Skips the tests of a suite, and says so, where a command could not be started. In CI it must be
 * there.
 */
export function needsCommand(
  context: Mocha.Context,
  { error }: SpawnSyncReturns<unknown>,
  command: string,
  debianPackage: string,
): void {
  if (error === undefined) return;
  if (process.env["CI"] !== undefined) throw new Error(`${command} is not installed`);
  console.log(`      skipped: ${command} (${debianPackage}) is not installed`);
  context.skip();
}
