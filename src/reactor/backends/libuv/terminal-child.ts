/** A child process in a terminal. */
import type { ChildProcess } from "node:child_process";
import { readSync, writeSync } from "node:fs";
import type net from "node:net";
import { ReadStream } from "node:tty";
import type { ChildEvents, ChildHandle } from "../../process-driver.ts";
import type { SignalTarget, TerminalSize } from "../../processes.ts";
import { ProcessTree } from "./process-tree.ts";
import { brokenPipe } from "./broken-pipe.ts";
import type { Terminal } from "./terminals.ts";

const INPUT = 0;
const OUTPUT = 1;
const READ_BYTES = 16 * 1024;
/** So many reads in a row, then others get their turn. */
const READS_AT_ONCE = 16;
/** Nobody tells when a terminal takes more, nor, once its process has exited, when more comes. */
const LOOK_MS = 10;
/** ^D: what was typed is to be read; at the beginning of a line, where that is nothing, the end. */
const EOT = 4;
const ENDS_OF_LINES = new Set([0x0a, 0x0d]);

/** What the constructor of sockets knows; its types leave some of it out. */
type ReadOptions = net.SocketConstructorOpts & Pick<net.ConnectOpts, "onread">;

/**
 * Its terminal is read by libuv until the process has exited; meanwhile the child's side is held
 * open here too. What others write who hold it still, and what libuv has not read, is then read
 * directly, until the system says that nobody is left: it does so behind the last byte, and libuv
 * would look no further when it hears that nobody is left.
 */
export class TerminalChild implements ChildHandle {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #terminal: Terminal;
  readonly #tree: ProcessTree;
  readonly #reader: ReadStream;
  #events: ChildEvents | undefined = undefined;
  #reading = true;
  readonly #open = new Set([INPUT, OUTPUT]);
  /** Written, and not taken by the system. */
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  /** Whether what was written last has ended a line. */
  #atLineBegin = true;
  /** Behind what waits comes the end. */
  #finishing = false;
  #outputError: Error | undefined = undefined;
  #nextWrite: NodeJS.Timeout | undefined = undefined;
  #nextRead: NodeJS.Timeout | undefined = undefined;

  constructor(child: ChildProcess, terminal: Terminal) {
    this.#child = child;
    this.#terminal = terminal;
    this.pid = child.pid as number;
    this.#tree = new ProcessTree(this.pid, "session");
    const options: ReadOptions = {
      onread: {
        buffer: new Uint8Array(READ_BYTES),
        callback: (length, buffer) => {
          this.#events?.received(OUTPUT, buffer.slice(0, length));
          return true;
        },
      },
    };
    this.#reader = new ReadStream(terminal.master, options);
    this.#reader.on("error", (error) => this.#hangUp(error));
    child.once("exit", () => {
      this.#tree.hasExited = true;
    });
  }

  start(events: ChildEvents): void {
    this.#events = events;
    this.#reader.once("close", () => events.closed(OUTPUT, this.#outputError));
    this.#child.once("exit", (code, signal) => {
      events.exited(code ?? undefined, signal ?? undefined);
      this.#closeInput(this.#waitingBytes > 0 ? brokenPipe() : undefined);
      if (!this.#open.has(OUTPUT)) return;
      this.#reader.pause();
      this.#terminal.releaseSlave();
      this.#readSoon(0);
    });
    if (this.#reading) this.#reader.resume();
  }

  write(_childFD: number, bytes: Uint8Array): void {
    const last = bytes.at(-1);
    if (last === undefined || !this.#open.has(INPUT)) return;
    this.#atLineBegin = ENDS_OF_LINES.has(last);
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    this.#nextWrite ??= setTimeout(this.#write, 0);
  }

  bufferedBytes(): number {
    return this.#waitingBytes;
  }

  setReading(enabled: boolean): void {
    this.#reading = enabled;
    if (!this.#open.has(OUTPUT)) return;
    if (!enabled) this.#reader.pause();
    else if (this.#tree.hasExited) this.#readSoon(0);
    else this.#reader.resume();
  }

  finish(): void {
    if (!this.#open.has(INPUT) || this.#finishing) return;
    this.write(INPUT, new Uint8Array(this.#atLineBegin ? 1 : 2).fill(EOT));
    this.#finishing = true;
  }

  destroy(childFD: number, error?: Error): void {
    if (childFD === OUTPUT) setImmediate(() => this.#hangUp(error));
    else setImmediate(() => this.#closeInput(error));
  }

  resize(size: TerminalSize): void {
    this.#terminal.resize(size);
  }

  signal(signal: string | number, to: SignalTarget): boolean {
    return this.#tree.signal(signal, to);
  }

  treeIsAlive(): boolean {
    return this.#tree.isAlive();
  }

  /** Ends it, as nobody wants it. */
  discard(): void {
    this.signal("KILL", "group");
    this.#hangUp();
  }

  // --- writing ---

  readonly #write = (): void => {
    this.#nextWrite = undefined;
    const before = this.#waitingBytes;
    try {
      while (this.#waitingBytes > 0) this.#writeNext();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") {
        this.#closeInput(error as Error);
        return;
      }
      this.#nextWrite = setTimeout(this.#write, LOOK_MS);
    }
    if (this.#waitingBytes < before) this.#events?.taken(INPUT);
    if (this.#finishing && this.#waitingBytes === 0) this.#closeInput();
  };

  #writeNext(): void {
    const [next] = this.#waiting as [Uint8Array];
    const length = writeSync(this.#terminal.master, next);
    this.#waitingBytes -= length;
    if (length === next.length) this.#waiting.shift();
    else this.#waiting[0] = next.subarray(length);
  }

  #closeInput(error?: Error): void {
    if (!this.#open.delete(INPUT)) return;
    clearTimeout(this.#nextWrite);
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#events?.closed(INPUT, error);
  }

  // --- reading what is left ---

  #readSoon(delayMs: number): void {
    this.#nextRead ??= setTimeout(this.#readRest, delayMs);
  }

  readonly #readRest = (): void => {
    this.#nextRead = undefined;
    const buffer = new Uint8Array(READ_BYTES);
    for (let i = 0; i < READS_AT_ONCE; i++) {
      if (!this.#reading || !this.#open.has(OUTPUT)) return;
      let length: number;
      try {
        length = readSync(this.#terminal.master, buffer);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === "EAGAIN") this.#readSoon(LOOK_MS);
        // As the system says that nobody is left.
        else this.#hangUp(code === "EIO" ? undefined : (error as Error));
        return;
      }
      if (length === 0) {
        this.#hangUp();
        return;
      }
      this.#events?.received(OUTPUT, buffer.slice(0, length));
    }
    this.#readSoon(0);
  };

  #hangUp(error?: Error): void {
    if (!this.#open.delete(OUTPUT)) return;
    this.#outputError = error;
    clearTimeout(this.#nextRead);
    this.#closeInput();
    this.#terminal.forget();
    this.#reader.destroy();
  }
}
