/** Why a process cannot be started: what the system says of it, and what can be known before. */
import { accessSync, constants, statSync } from "node:fs";
import { resolve } from "node:path";
import type { SpawnRequest } from "../../process-driver.ts";
import { type CannotSpawnError, cannotSpawn } from "../../process-errors.ts";

/** Where the system looks for commands without a PATH. */
const DEFAULT_PATH = "/bin:/usr/bin";

export function explained(request: SpawnRequest, cause: NodeJS.ErrnoException): CannotSpawnError {
  // The system says the same of a command and of a directory that is not there.
  const aboutFiles = cause.code === "ENOENT" || cause.code === "ENOTDIR" || cause.code === "EACCES";
  const lacksCwd = aboutFiles && lacksDirectory(request);
  const reason = cause.code === "ENOTDIR" && !lacksCwd ? "ENOENT" : cause.code;
  return cannotSpawn(request, lacksCwd ? "ENOTDIR" : reason, { cause });
}

/**
 * Why a command cannot be executed, as the system will say it, or undefined: for one that a shell
 * is to start, which would say it on the terminal.
 */
export function commandFault(request: SpawnRequest): CannotSpawnError | undefined {
  if (lacksDirectory(request)) return cannotSpawn(request, "ENOTDIR");
  const faults = candidates(request).map((path) => fileFault(path, request.uid));
  if (faults.includes(undefined)) return undefined;
  return cannotSpawn(request, faults.includes("EACCES") ? "EACCES" : "ENOENT");
}

function lacksDirectory({ cwd }: SpawnRequest): boolean {
  return cwd !== undefined && statSync(cwd, { throwIfNoEntry: false })?.isDirectory() !== true;
}

/** The files that a command may be. */
function candidates({ command, env = process.env, cwd = "." }: SpawnRequest): string[] {
  if (command.includes("/")) return [resolve(cwd, command)];
  const folders = (env["PATH"] ?? DEFAULT_PATH).split(":");
  return folders.map((folder) => resolve(cwd, folder, command));
}

function fileFault(path: string, uid: number | undefined): "ENOENT" | "EACCES" | undefined {
  let stat;
  try {
    stat = statSync(path);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EACCES" ? "EACCES" : "ENOENT";
  }
  if (!stat.isFile()) return "EACCES";
  try {
    // Of another user is only known what nobody may do.
    if (uid === undefined) accessSync(path, constants.X_OK);
    else if ((stat.mode & 0o111) === 0) return "EACCES";
    return undefined;
  } catch {
    return "EACCES";
  }
}
