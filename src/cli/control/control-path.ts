import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where the control socket of a process is, that was started with `--control auto`. */
export function controlPathOf(pid: number, env: Readonly<NodeJS.ProcessEnv> = process.env): string {
  // The first is the user's own; in the other the file's mode keeps others out.
  return join(env["XDG_RUNTIME_DIR"] || tmpdir(), `reactor-${pid}.sock`);
}
