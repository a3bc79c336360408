import { chmodSync, lstatSync, statSync } from "node:fs";
import type net from "node:net";
import { dirname } from "node:path";
import { clear, inDirectory, listen, type SocketFile } from "./socket-file.ts";

/**
 * Makes `server` listen on `path` in a process of node:cluster: all of its processes share the
 * socket, which its first one binds, and removes when the last of them has closed it. Rejects as
 * `takeSocketFile`; what that cannot do wrong is possible here: until the file has its mode, it has
 * the one that the umask leaves.
 */
export async function shareSocketFile(
  server: net.Server,
  path: string,
  mode: number,
  backlog: number,
): Promise<SocketFile> {
  try {
    statSync(dirname(path));
    // First: another listen of this process would not find the socket of the others.
    await clearUnlessAlive(path);
    await listen(server, path, backlog, false);
  } catch (error) {
    throw inDirectory(dirname(path), error as NodeJS.ErrnoException);
  }
  chmodSync(path, mode);
  // Removed by the first process, when the last has gone.
  return { remove() {} };
}

/** Who listens there may be the others of the cluster: if not, listening tells. */
async function clearUnlessAlive(path: string): Promise<void> {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return;
  try {
    await clear(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
  }
}
