/** Descriptors 0 and 1 of this process: pipes, files, terminals, sockets. */
import { closeSync, createReadStream, createWriteStream, fstatSync, openSync } from "node:fs";
import { Socket } from "node:net";
import type { Readable, Writable } from "node:stream";
import { isatty, ReadStream } from "node:tty";
import type { Deferred } from "../../../defer/deferred.ts";
import { fail, succeed } from "../../../defer/fired.ts";
import { NotATerminalError, StdioInUseError } from "../../stdio-errors.ts";
import { StdioConnection, type StdioDriver } from "../../stdio.ts";
import { RawMode } from "./raw-mode.ts";

type Kind = "terminal" | "pipe" | "file";
type Report = (error: unknown, doing: string) => void;

const STDIN = 0;
const STDOUT = 1;
const NOTHING = new Uint8Array(0);

/** There is one of each in a process, however many reactors. */
let inUse = false;

export class NodeStdio implements StdioDriver {
  open({ raw }: { readonly raw: boolean }, report: Report): Deferred<StdioConnection> {
    if (inUse) return fail(new StdioInUseError());
    if (raw && !isatty(STDIN)) return fail(new NotATerminalError());
    try {
      return succeed<StdioConnection>(new DescriptorsConnection(report));
    } catch (error) {
      return fail(error);
    }
  }
}

class DescriptorsConnection extends StdioConnection {
  readonly #kinds: Readonly<Record<0 | 1, Kind>> = { 0: kindOf(STDIN), 1: kindOf(STDOUT) };
  readonly #input: Readable;
  readonly #output: Writable;
  readonly #rawMode: RawMode | undefined;
  /** Those that are open. */
  readonly #open = new Set<0 | 1>([STDIN, STDOUT]);
  #error: Error | undefined = undefined;
  #lost = false;

  constructor(report: Report) {
    super(report);
    this.#input = inputOf(this.#kinds[STDIN]);
    this.#output = outputOf(this.#kinds[STDOUT]);
    if (this.#input instanceof ReadStream) this.#rawMode = new RawMode(this.#input);
    this.#input.on("data", (bytes: Uint8Array) => this.received(bytes));
    this.#input.on("end", () => this.endReceived());
    for (const stream of [this.#input, this.#output]) {
      stream.on("error", (error: Error) => {
        this.#error ??= error;
        this.destroy();
      });
    }
    // Listening for data has set it flowing.
    this.#input.pause();
    inUse = true;
  }

  get isTerminal(): boolean {
    return this.#rawMode !== undefined;
  }

  get bufferedBytes(): number {
    return this.#open.has(STDOUT) ? this.#output.writableLength : 0;
  }

  protected override changeMode(raw: boolean): void {
    this.#rawMode?.set(raw);
  }

  protected override send(bytes: Uint8Array): void {
    this.#output.write(bytes);
  }

  protected override flush(): void {
    this.#whenSent(() => this.flushed());
  }

  protected override setReading(enabled: boolean): void {
    if (enabled) this.#input.resume();
    else this.#input.pause();
  }

  protected override finishWriting(): void {
    const ended = (): void => this.#close(STDOUT, () => this.writeEnded());
    // A socket may be standard input too, and stays open.
    if (this.#kinds[STDOUT] === "pipe") this.#output.end(ended);
    else this.#whenSent(ended);
  }

  protected override finish(): void {
    if (this.#open.has(STDOUT)) this.#whenSent(() => this.destroy());
    else this.destroy();
  }

  protected override destroy(): void {
    this.#rawMode?.set(false);
    const closed = (): void => {
      if (this.#open.size > 0 || this.#lost) return;
      this.#lost = true;
      inUse = false;
      this.lost(this.#error);
    };
    if (this.#open.size === 0) setImmediate(closed);
    for (const descriptor of this.#open) this.#close(descriptor, closed);
  }

  /** Calls it when all that was written is taken, if that comes to pass. */
  #whenSent(action: () => void): void {
    this.#output.write(NOTHING, (error) => {
      if (error === undefined || error === null) action();
    });
  }

  #close(descriptor: 0 | 1, closed: () => void): void {
    const stream = descriptor === STDIN ? this.#input : this.#output;
    const kind = this.#kinds[descriptor];
    const done = (): void => {
      if (this.#open.delete(descriptor) && kind === "pipe") closeForGood(descriptor);
      closed();
    };
    if (kind === "file") {
      // Nobody waits for its end; and streams of files would close the descriptor.
      stream.removeAllListeners("data");
      setImmediate(done);
    } else if (stream.closed) {
      setImmediate(done);
    } else {
      stream.once("close", done);
      stream.destroy();
    }
  }
}

function kindOf(descriptor: number): Kind {
  if (isatty(descriptor)) return "terminal";
  const stat = fstatSync(descriptor);
  return stat.isFIFO() || stat.isSocket() ? "pipe" : "file";
}

function inputOf(kind: Kind): Readable {
  if (kind === "terminal") return new ReadStream(STDIN);
  if (kind === "file") return createReadStream("", { fd: STDIN, autoClose: false });
  return new Socket({ fd: STDIN, readable: true, writable: false, allowHalfOpen: true });
}

function outputOf(kind: Kind): Writable {
  // Of Node's two streams of terminals, the other one waits in write() for who has typed ^S.
  if (kind === "terminal") return new ReadStream(STDOUT);
  if (kind === "file") return createWriteStream("", { fd: STDOUT, autoClose: false });
  return new Socket({ fd: STDOUT, readable: false, writable: true, allowHalfOpen: true });
}

/**
 * Node never closes these by itself; whoever is at the other end waits for it. What is opened next
 * would take the number, and get what others write to standard output.
 */
function closeForGood(descriptor: 0 | 1): void {
  closeSync(descriptor);
  const taken = openSync("/dev/null", "r+");
  if (taken !== descriptor) closeSync(taken);
}
