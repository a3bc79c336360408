import { readSync } from "node:fs";
import type { Socket } from "node:net";
import { StreamConnection } from "../../stream-connection.ts";
import type { TCPAddress } from "../../transport.ts";

const NOTHING = new Uint8Array(0);

/**
 * A connection over a socket of node:net, which is connected, paused, and made with allowHalfOpen.
 * Public for backends that get their sockets in a way of their own.
 */
export class SocketConnection extends StreamConnection {
  readonly #socket: Socket;
  readonly #host: TCPAddress;
  readonly #peer: TCPAddress;
  #error: Error | undefined = undefined;

  constructor(socket: Socket, report: (error: unknown, doing: string) => void) {
    super(report);
    this.#socket = socket;
    // A closed socket forgets its addresses.
    this.#host = address(socket.localAddress, socket.localPort);
    this.#peer = address(socket.remoteAddress, socket.remotePort);
    socket.on("data", (data: Buffer) => this.received(data));
    socket.on("end", () => this.#ended());
    socket.on("error", (error) => {
      this.#error = error;
    });
    socket.on("close", () => this.lost(this.#error));
    // Two small writes in a row would wait for an acknowledgement in between, which may take 40 ms.
    socket.setNoDelay(true);
    // Listening for data has set it flowing.
    socket.pause();
  }

  /**
   * libuv reports a reset that comes behind unread bytes as a plain end. A write tells them apart:
   * after a reset it fails, and the error ends the connection. Bytes that wait are such a write;
   * where this direction has ended there can be none, and the system is asked.
   */
  #ended(): void {
    if (!this.connected) return;
    const socket = this.#socket;
    if (socket.writableLength > 0) {
      this.endReceived();
    } else if (socket.writableEnded) {
      const reset = resetOf(socket);
      if (reset === undefined) this.endReceived();
      else socket.destroy(reset);
    } else {
      socket.write(NOTHING, (error) => {
        if (error === undefined || error === null) this.endReceived();
      });
    }
  }

  getHost(): TCPAddress {
    return this.#host;
  }

  getPeer(): TCPAddress {
    return this.#peer;
  }

  get bufferedBytes(): number {
    return this.#socket.writableLength;
  }

  setTcpNoDelay(enabled: boolean): void {
    this.#socket.setNoDelay(enabled);
  }

  setTcpKeepAlive(enabled: boolean): void {
    this.#socket.setKeepAlive(enabled);
  }

  protected override send(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  protected override flush(): void {
    this.#socket.write(NOTHING, (error) => {
      if (error === undefined || error === null) this.flushed();
    });
  }

  protected override setReading(enabled: boolean): void {
    if (enabled) this.#socket.resume();
    else this.#socket.pause();
  }

  protected override finishWriting(): void {
    this.#socket.once("finish", () => this.writeEnded());
    this.#socket.end();
  }

  protected override finish(): void {
    this.#socket.destroySoon();
  }

  protected override destroy(): void {
    const socket = this.#socket;
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
function address(host: string | undefined, port: number | undefined): TCPAddress {
  return { type: "TCP", host: host?.replace(/^::ffff:(?=[\d.]+$)/, "") ?? "", port: port ?? 0 };
}
