/**
 * The file of a UNIX socket, made and removed so that no other process is wronged.
 *
 * The socket is bound and listens under a name of its own beside the wanted one, gets its mode, and
 * is then linked to the wanted name, which is atomic: whoever sees the file can connect to it, with
 * no other permissions than it will have; and of two processes that start at once, one gets the
 * name. A socket that is in the way is dead if a connection to it is refused, as one that is seen
 * listens already; it is moved aside, looked at again, and only then removed.
 */
import {
  chmodSync,
  linkSync,
  lstatSync,
  renameSync,
  type Stats,
  statSync,
  unlinkSync,
} from "node:fs";
import net from "node:net";
import { basename, dirname, join } from "node:path";
import { UNIX_NAME_BYTES } from "../../unix-name.ts";

/** How often a name is tried for that others let go of, and take, at the same time. */
const TRIES = 5;

let made = 0;

/** The wanted name cannot be had, for a reason that is not the system's. */
export class SocketFileError extends Error {
  readonly code: string;

  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}

/** A file that was made, and is this process's to remove. */
export interface SocketFile {
  remove(): void;
}

/** Makes `server` listen on `path`. Rejects with a SocketFileError, or an error of the system. */
export async function takeSocketFile(
  server: net.Server,
  path: string,
  mode: number,
  backlog: number,
): Promise<SocketFile> {
  const own = nameBeside(path);
  try {
    // libuv would call it a lack of permission if there were none.
    statSync(dirname(path));
    await listen(server, own, backlog);
  } catch (error) {
    throw inDirectory(dirname(path), error as NodeJS.ErrnoException);
  }
  try {
    chmodSync(own, mode);
    const { dev, ino } = lstatSync(own);
    await linkTo(own, path);
    return { remove: () => removeIf(path, (found) => found.ino === ino && found.dev === dev) };
  } finally {
    // The name that libuv knows, and would remove whoever had it then.
    unlinkSync(own);
  }
}

/** Why there can be no file in a directory. */
export function inDirectory(directory: string, error: NodeJS.ErrnoException): Error {
  const { code = "" } = error;
  const why: Record<string, string> = {
    ENOENT: `there is no directory ${directory}`,
    EACCES: `no permission to make a file in ${directory}; get it, or choose another directory`,
  };
  return why[code] === undefined ? error : new SocketFileError(why[code], code);
}

export function listen(
  server: net.Server,
  path: string,
  backlog: number,
  exclusive = true,
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ path, backlog, exclusive }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

async function linkTo(own: string, path: string): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    try {
      linkSync(own, path);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    await clear(path);
  }
  throw new SocketFileError("others listen there again and again", "EADDRINUSE");
}

/** Removes a dead socket from the way. Rejects when what is there is something else. */
export async function clear(path: string): Promise<void> {
  const found = stat(path);
  if (found === undefined) return;
  if (!found.isSocket()) {
    throw new SocketFileError("there is a file that is no socket; it is left alone", "EEXIST");
  }
  if (await isAlive(path)) {
    throw new SocketFileError(
      "another program listens there; stop it, or choose another name",
      "EADDRINUSE",
    );
  }
  const aside = nameBeside(path);
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  // In between another process may have done all this, and listen there now.
  const moved = stat(aside);
  if (moved !== undefined && moved.ino !== found.ino) renameSync(aside, path);
  else removeIf(aside, () => true);
}

/** Whether somebody listens on a socket file; when in doubt, yes. */
function isAlive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ path });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", ({ code }: NodeJS.ErrnoException) => {
      resolve(code !== "ECONNREFUSED" && code !== "ENOENT");
    });
  });
}

/** A free name in the same directory, which shows what it is for if there is room. */
function nameBeside(path: string): string {
  const suffix = `${process.pid.toString(36)}${(made++).toString(36)}`;
  const telling = join(dirname(path), `.${basename(path)}.${suffix}`);
  const short = join(dirname(path), `.${suffix}`);
  if (Buffer.byteLength(telling) <= UNIX_NAME_BYTES) return telling;
  if (Buffer.byteLength(short) <= UNIX_NAME_BYTES) return short;
  throw new SocketFileError(
    `its directory's name is too long by ${Buffer.byteLength(short) - UNIX_NAME_BYTES} bytes`,
    "ENAMETOOLONG",
  );
}

function removeIf(path: string, isOurs: (found: Stats) => boolean): void {
  const found = stat(path);
  if (found === undefined || !isOurs(found)) return;
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

function stat(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}
