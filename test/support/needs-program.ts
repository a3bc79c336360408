import { findCommand } from "../peers/private-server.ts";

/**
 * Where a program is that is a peer of the tests. Without it the tests of a suite are skipped, and
 * it is said so; in CI it must be there.
 */
export function needsProgram(context: Mocha.Context, name: string): string {
  const path = findCommand(name);
  if (path !== undefined) return path;
  if (process.env["CI"] !== undefined) throw new Error(`${name} is not installed`);
  console.log(`      skipped: ${name} is not installed`);
  return context.skip();
}
