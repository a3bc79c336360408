/** Those who talk to a daemon in lines: over sockets that skein has no part in, or on a reactor. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import type { Reactor } from "skein";
import { LineClient } from "skein/testing";

/** What tests ask of a client. */
export interface Guest {
  /** All lines heard so far. */
  readonly lines: readonly string[];
  say(line: string): void;
  /** Sends text as it is. */
  send(text: string): void;
  /**
   * The first line behind the last match that contains the text, or matches the expression. How
   * long it waits for it matters on virtual time only: real time has the limit of the test.
   */
  heard(what: string | RegExp, withinSeconds?: number): PromiseLike<string>;
  /** Reads no more. */
  pause(): void;
  /** Cuts the connection, with a reset. */
  abort(): void;
  /** Settles when the connection has ended. */
  readonly ended: PromiseLike<unknown>;
}

/** A guest with a socket of node:net. */
export async function dialRaw(_reactor: object, port: number): Promise<Guest> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  return new RawGuest(socket);
}

/** A guest on a reactor, be its time real or virtual. */
export async function dialReactor(reactor: Reactor<"tcp">, port: number): Promise<Guest> {
  const client = await LineClient.dial(reactor, port);
  return {
    lines: client.lines,
    say: (line) => client.say(line),
    send: (text) => void client.transport.write(text),
    heard: (what, withinSeconds) => client.heard(what, withinSeconds),
    pause: () => client.pauseProducing(),
    abort: () => client.abort(),
    ended: client.ended,
  };
}

class RawGuest implements Guest {
  readonly lines: string[] = [];
  readonly ended: Promise<unknown>;
  readonly #socket: Socket;
  #next = 0;
  #over = false;
  /** Told of every line, and of the end. */
  #listener: (() => void) | undefined = undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    // A daemon that drops a guest may do it with a reset; newer readers of lines pass that on.
    socket.on("error", () => {});
    const lines = createInterface({ input: socket });
    lines.on("error", () => {});
    lines.on("line", (line) => {
      this.lines.push(line);
      this.#listener?.();
    });
    this.ended = new Promise((resolve) => {
      socket.on("close", () => {
        this.#over = true;
        this.#listener?.();
        resolve(undefined);
      });
    });
  }

  say(line: string): void {
    this.send(`${line}\n`);
  }

  send(text: string): void {
    this.#socket.write(text);
  }

  async heard(what: string | RegExp): Promise<string> {
    for (let i = this.#next; ; i++) {
      while (i === this.lines.length) {
        if (this.#over) throw new Error(`${String(what)} was not heard: ${this.lines.join(" | ")}`);
        await new Promise<void>((resolve) => {
          this.#listener = resolve;
        });
      }
      const line = this.lines[i] as string;
      if (typeof what === "string" ? line.includes(what) : what.test(line)) {
        this.#next = i + 1;
        return line;
      }
    }
  }

  pause(): void {
    this.#socket.pause();
  }

  abort(): void {
    this.#socket.resetAndDestroy();
  }
}
