import { readSync } from "node:fs";
import type { Socket } from "node:net";
import { SecurableConnection } from "../../securable-connection.ts";
import type { TakesPieces } from "../../takes-pieces.ts";
import type { CountsTraffic, Traffic } from "../../traffic.ts";
import type { StreamAddress, TCPAddress } from "../../transport.ts";

const NOTHING = new Uint8Array(0);
/** So much is held back at most while a chunk is delivered: more gains nothing. */
const TOGETHER_BYTES = 16 * 1024;

/** A socket's connection, for listeners that all share: closures would be 260 bytes for each. */
const CONNECTION = Symbol("connection");

type Linked = Socket & { [CONNECTION]: SocketConnection };

/** What is known of the ends of a connection, and need not be asked of its socket. */
export interface KnownEnds {
  readonly host?: StreamAddress;
  readonly peer?: StreamAddress;
}

/**
 * A connection over a socket of node:net, which is connected, paused, and made with allowHalfOpen.
 * Public for backends that get their sockets in a way of their own.
 */
export class SocketConnection extends SecurableConnection implements CountsTraffic, TakesPieces {
  static readonly #listeners = Object.entries({
    data(this: Linked, bytes: Uint8Array): void {
      // Answers to many small questions in one chunk go out in one call to the system.
      this.cork();
      try {
        this[CONNECTION].wireReceived(bytes);
      } finally {
        this.uncork();
      }
    },
    /** Node resumes a tick later, and then reads even if it was told to pause meanwhile. */
    resume(this: Linked): void {
      if (this.isPaused()) this.pause();
    },
    end(this: Linked): void {
      this[CONNECTION].#ended();
    },
    error(this: Linked, error: Error): void {
      this[CONNECTION].#error = error;
    },
    close(this: Linked): void {
      this[CONNECTION].#closed();
    },
  });
  readonly #socket: Socket;
  readonly #host: StreamAddress;
  readonly #peer: StreamAddress;
  #error: Error | undefined = undefined;
  /** It was to be closed, from here. */
  #closing = false;
  /** The socket has closed of itself, while something waits to be delivered. */
  #closedEarly = false;

  /** @param ends both, if the connection is not TCP: such sockets do not know their names. */
  constructor(
    socket: Socket,
    report: (error: unknown, doing: string) => void,
    ends: KnownEnds = {},
  ) {
    super(report);
    this.#socket = socket;
    // A closed socket forgets its addresses.
    this.#host = ends.host ?? addressOf(socket.localAddress, socket.localPort);
    this.#peer = ends.peer ?? addressOf(socket.remoteAddress, socket.remotePort);
    (socket as Linked)[CONNECTION] = this;
    for (const [event, listener] of SocketConnection.#listeners) socket.on(event, listener);
    // Two small writes in a row would wait for an acknowledgement in between, which may take 40 ms.
    socket.setNoDelay(true);
    // Listening for data has set it flowing.
    socket.pause();
  }

  get #isTCP(): boolean {
    return this.#peer.type === "TCP";
  }

  /**
   * libuv reports a reset that comes behind unread bytes as a plain end. A write tells them apart:
   * after a reset it fails, and the error ends the connection. Bytes that wait are such a write;
   * where this direction has ended there can be none, and the system is asked. (To a UNIX socket
   * that was closed nothing can be written in any case; its resets come as such.)
   */
  #ended(): void {
    const socket = this.#socket;
    if (!this.#isTCP || socket.writableLength > 0) {
      this.wireEnded();
    } else if (socket.writableEnded) {
      const reset = resetOf(socket);
      if (reset === undefined) this.wireEnded();
      else socket.destroy(reset);
    } else {
      socket.write(NOTHING, (error) => {
        if (error === undefined || error === null) this.wireEnded();
      });
    }
  }

  /**
   * When both directions have ended, Node closes a socket of itself. The protocol may not have been
   * told all: it may have paused. For it the connection lasts until it is to be closed.
   */
  #closed(): void {
    const { readableEnded, writableFinished } = this.#socket;
    this.#closedEarly =
      !this.#closing && this.#error === undefined && readableEnded && writableFinished;
    if (!this.#closedEarly) this.lost(this.#error);
  }

  getHost(): StreamAddress {
    return this.#host;
  }

  getPeer(): StreamAddress {
    return this.#peer;
  }

  traffic(): Traffic {
    const { bytesRead, bytesWritten } = this.#socket;
    return { bytesReceived: bytesRead || 0, bytesSent: bytesWritten ?? 0 };
  }

  protected override get wireBufferedBytes(): number {
    // What is dropped is counted for a moment longer.
    return this.#socket.destroyed ? 0 : this.#socket.writableLength;
  }

  setTcpNoDelay(enabled: boolean): void {
    this.#socket.setNoDelay(enabled);
  }

  setTcpKeepAlive(enabled: boolean): void {
    this.#socket.setKeepAlive(enabled);
  }

  protected override sendWire(bytes: Uint8Array): void {
    const socket = this.#socket;
    socket.write(bytes);
    // What is held to go out together is not yet what the system does not take.
    if (socket.writableCorked > 0 && socket.writableLength > this.#mostTogether) {
      socket.uncork();
      socket.cork();
    }
  }

  get #mostTogether(): number {
    return Math.min(TOGETHER_BYTES, this.highWaterBytes, this.maxBufferedBytes);
  }

  writePieces(pieces: readonly Uint8Array[], taken: () => void): boolean {
    const socket = this.#socket;
    if (!this.connected || this.secured || !socket.writable) return false;
    socket.cork();
    const last = pieces.length - 1;
    for (let i = 0; i < last; i++) socket.write(pieces[i] as Uint8Array);
    socket.write(pieces[last] as Uint8Array, (error) => {
      // Node knows no error of what was waiting when a socket was destroyed.
      if ((error === undefined || error === null) && !socket.destroyed) taken();
    });
    socket.uncork();
    return true;
  }

  protected override flushWire(): void {
    this.#socket.write(NOTHING, (error) => {
      if (error === undefined || error === null) this.flushed();
    });
  }

  protected override setWireReading(enabled: boolean): void {
    if (enabled) this.#socket.resume();
    else this.#socket.pause();
  }

  protected override finishWireWriting(): void {
    this.#socket.once("finish", () => this.writeEnded());
    this.#socket.end();
  }

  protected override finishWire(): void {
    this.#closing = true;
    if (this.#closedEarly) setImmediate(() => this.lost());
    else this.#socket.destroySoon();
  }

  protected override destroyWire(): void {
    this.#closing = true;
    const socket = this.#socket;
    if (this.#closedEarly) {
      setImmediate(() => this.lost());
      return;
    }
    // UNIX sockets know no reset.
    if (!this.#isTCP) {
      socket.destroy();
      return;
    }
    // A reset tells the peer that this was no clean end.
    const reset = (): void => void socket.resetAndDestroy();
    // libuv refuses a reset during the moment that sending the end of the stream takes.
    const ending = socket.writableEnded && !socket.writableFinished && socket.writableLength === 0;
    if (ending) socket.once("finish", reset);
    else reset();
  }
}

/** The error that waits behind a socket's end, where the system tells. */
function resetOf(socket: Socket): Error | undefined {
  // Nothing public reads from a socket that has ended. On Windows there is no descriptor, nor need.
  const { _handle: handle } = socket as { _handle?: { fd?: number } | null };
  if (handle?.constructor.name !== "TCP" || !((handle.fd ?? -1) >= 0)) return undefined;
  try {
    readSync(handle.fd as number, new Uint8Array(1));
    return undefined;
  } catch (error) {
    // That nothing is there to be read is as it should be.
    return (error as NodeJS.ErrnoException).code === "EAGAIN" ? undefined : (error as Error);
  }
}

/** An IPv4 address as such, also where a socket for both families writes ::ffff:1.2.3.4. */
export function addressOf(host: string | undefined, port: number | undefined): TCPAddress {
  return { type: "TCP", host: host?.replace(/^::ffff:(?=[\d.]+$)/, "") ?? "", port: port ?? 0 };
}
