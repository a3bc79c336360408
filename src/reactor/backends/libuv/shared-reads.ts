/**
 * Sockets of node:net that read into one buffer, and emit "data" all the same. A plain socket has
 * libuv allocate 64 KiB for each read, and each read go through a queue of node:stream, which is
 * most of what a read costs: docs/benchmarks.md has the figures.
 *
 * libuv fills the buffer and calls back at once, so that all sockets of a thread can have the same
 * one. What a protocol gets is its own to keep, hence a copy, except in bulk: two reads in a row
 * that have filled the buffer are followed by one into a fresh buffer, which is handed out as it
 * is. (Not one read: behind it often is but the rest of a message, and a buffer would be made for
 * nothing.)
 */
import net from "node:net";

/** As much as libuv reads at a time of itself. */
const READ_BYTES = 65_536;

/** On Windows a read that waits may hold its buffer; Bun and Deno have sockets of their own. */
const SHARES =
  process.platform !== "win32" && !("bun" in process.versions) && !("deno" in process.versions);

const shared: Buffer = Buffer.allocUnsafeSlow(READ_BYTES);
let next = shared;
/** The last read has filled its buffer. */
let filled = false;

/** Node asks for the next buffer right after each call of {@link took}, and for a new socket. */
function nextBuffer(): Buffer {
  const buffer = next;
  next = shared;
  return buffer;
}

function took(socket: net.Socket, length: number, buffer: Buffer): void {
  // A small part of a large buffer would keep all of it alive.
  const handsOut = buffer !== shared && length >= READ_BYTES / 2;
  const bytes = buffer.subarray(0, length);
  socket.emit("data", handsOut ? bytes : Buffer.from(bytes));
  // Not before: what is called there may make sockets.
  const full = length === READ_BYTES;
  if (full && filled) next = Buffer.allocUnsafeSlow(READ_BYTES);
  filled = full;
}

/** What libuv has accepted. */
interface Handle {
  readonly useUserBuffer?: unknown;
}

/** What the constructor of sockets knows; its types leave most of it out. */
interface SocketOptions extends net.SocketConstructorOpts, Pick<net.ConnectOpts, "onread"> {
  readonly handle?: Handle;
  readonly pauseOnCreate?: boolean;
}

/** A socket with half-close. */
export function makeSocket(options: SocketOptions = {}): net.Socket {
  const all: SocketOptions = { ...options, allowHalfOpen: true };
  if (!SHARES) return new net.Socket(all);
  all.onread = {
    buffer: nextBuffer,
    callback: (length, read) => {
      took(socket, length, read as Buffer);
      return true;
    },
  };
  const socket: net.Socket = new net.Socket(all);
  return socket;
}

interface ServerHandle {
  onconnection?: (this: ServerHandle, status: number, client?: Handle) => void;
}

/**
 * Has a server that listens emit "connection" with such sockets, each paused. node:net has no
 * option for that, so that this goes by what is between it and libuv; where that looks different,
 * nothing is changed, and the sockets are plain ones.
 */
export function shareReads(server: net.Server): void {
  const handle = (server as unknown as { _handle?: ServerHandle | null })._handle ?? {};
  const accept = handle.onconnection;
  if (!SHARES || typeof accept !== "function") return;
  handle.onconnection = function (status, client) {
    if (typeof client?.useUserBuffer === "function") {
      server.emit("connection", makeSocket({ handle: client, pauseOnCreate: true }));
    } else {
      accept.call(this, status, client);
    }
  };
}
