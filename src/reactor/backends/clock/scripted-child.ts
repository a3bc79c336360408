/** A simulated process: the script's side of it, and its end. */
import { messageOf } from "../../../core/errors.ts";
import type { SpawnRequest } from "../../process-driver.ts";
import type { ProcessProgram, ScriptedProcess, ScriptedTerminal } from "../../process-script.ts";
import type { TerminalSize } from "../../processes.ts";
import { brokenPipe, MemoryPipe } from "./memory-pipe.ts";
import { ignoredByDefault } from "./signal-names.ts";

const encoder = new TextEncoder();

/** What a process needs of its world. */
export interface ScriptWorld {
  readonly later: (seconds: number, action: () => void) => void;
}

/** A write that has not all gone into its pipe. */
interface Write {
  readonly childFD: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export class ScriptedChild implements ScriptedProcess {
  readonly pid: number;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string | undefined;
  /** By descriptor: those that it reads, and those that it writes. */
  readonly inputs: Map<number, MemoryPipe> = new Map();
  readonly outputs: Map<number, MemoryPipe> = new Map();
  /** Told when it has exited, as it happens. */
  onExit: (exitCode: number | undefined, signal: string | undefined) => void = () => {};
  exited = false;
  #terminal: ScriptedTerminal | undefined;
  readonly #later: ScriptWorld["later"];
  readonly #handlers = new Map<string, () => void>();
  #writes: Write[] = [];
  #stopped = false;
  /** What waits until it goes on. */
  readonly #held: (() => void)[] = [];

  constructor(pid: number, request: SpawnRequest, world: ScriptWorld) {
    this.pid = pid;
    this.command = request.command;
    this.args = request.args;
    this.#terminal = request.terminal;
    const { terminal } = request;
    this.env =
      terminal === undefined ? (request.env ?? {}) : { ...request.env, TERM: terminal.name };
    this.cwd = request.cwd;
    this.#later = world.later;
    for (const [childFD, kind] of request.childFDs) {
      const pipe = new MemoryPipe((action) => world.later(0, action));
      if (kind === "w") this.inputs.set(childFD, pipe);
      if (kind !== "r") continue;
      this.outputs.set(childFD, pipe);
      pipe.writer = {
        taken: () => {
          if (pipe.waitingBytes === 0) this.#settle(childFD, ({ resolve }) => this.#go(resolve));
        },
        broken: () => this.#settle(childFD, ({ reject }) => this.#go(() => reject(brokenPipe()))),
      };
    }
  }

  /** Begins the program, as it happens. */
  async run(program: ProcessProgram): Promise<void> {
    try {
      await program(this);
    } catch (error) {
      await this.#fail(error);
      return;
    }
    this.exit();
  }

  /** Exits as a program that threw. */
  async #fail(thrown: unknown): Promise<void> {
    try {
      await this.write(`${messageOf(thrown)}\n`, 2);
    } catch {
      // Nobody reads its standard error.
    }
    this.exit(1);
  }

  // --- ScriptedProcess ---

  get terminal(): ScriptedTerminal | undefined {
    return this.#terminal;
  }

  get stdin(): AsyncIterable<Uint8Array> {
    return this.read(0);
  }

  async *read(childFD: number): AsyncIterable<Uint8Array> {
    const pipe = this.inputs.get(childFD);
    if (pipe === undefined) return;
    const arrived: Uint8Array[] = [];
    let ended = false;
    let wake = (): void => {};
    pipe.reader = {
      received: (bytes) => {
        arrived.push(bytes);
        pipe.setReading(false);
        this.#go(() => wake());
      },
      ended: () => {
        ended = true;
        this.#go(() => wake());
      },
    };
    while (true) {
      const next = arrived.shift();
      if (next !== undefined) {
        yield next;
        continue;
      }
      if (ended) return;
      const news = new Promise<void>((resolve) => (wake = resolve));
      pipe.setReading(true);
      await news;
    }
  }

  write(data: Uint8Array | string, childFD = 1): Promise<void> {
    const writtenTo = this.#terminal !== undefined && childFD === 2 ? 1 : childFD;
    const pipe = this.outputs.get(writtenTo);
    if (pipe === undefined || this.exited) return Promise.resolve();
    const bytes = typeof data === "string" ? encoder.encode(data) : data;
    if (pipe.readerClosed) return Promise.reject(brokenPipe());
    return new Promise((resolve, reject) => {
      this.#writes.push({ childFD: writtenTo, resolve, reject });
      this.#go(() => pipe.write(bytes));
    });
  }

  close(childFD: number): void {
    // A terminal has its end when the process has.
    if (this.#terminal !== undefined) return;
    this.inputs.get(childFD)?.closeReader();
    this.outputs.get(childFD)?.closeWriter();
  }

  sleep(seconds: number): Promise<void> {
    return new Promise((resolve) => this.#later(seconds, () => this.#go(resolve)));
  }

  onSignal(signal: string, handler: (() => void) | undefined): void {
    const name = `SIG${signal.replace(/^SIG/, "")}`;
    if (handler === undefined) this.#handlers.delete(name);
    else this.#handlers.set(name, handler);
  }

  exit(exitCode = 0): void {
    this.#end(exitCode, undefined);
  }

  // --- from outside ---

  /** Its terminal has another size. */
  resized(size: TerminalSize): void {
    if (this.#terminal !== undefined) this.#terminal = { ...this.#terminal, ...size };
    this.signalled("SIGWINCH");
  }

  /** A signal, by its whole name, as it happens. */
  signalled(name: string): void {
    if (this.exited) return;
    if (name === "SIGKILL") {
      this.#end(undefined, name);
    } else if (name === "SIGSTOP") {
      this.#stopped = true;
    } else if (name === "SIGCONT") {
      this.#stopped = false;
      for (const action of this.#held.splice(0)) action();
      this.#receive(name);
    } else {
      this.#go(() => this.#receive(name));
    }
  }

  #receive(name: string): void {
    const handler = this.#handlers.get(name);
    if (handler === undefined) {
      if (!ignoredByDefault(name)) this.#end(undefined, name);
      return;
    }
    try {
      handler();
    } catch (error) {
      void this.#fail(error);
    }
  }

  #settle(childFD: number, settle: (write: Write) => void): void {
    const ready = this.#writes.filter((write) => write.childFD === childFD);
    this.#writes = this.#writes.filter((write) => write.childFD !== childFD);
    for (const write of ready) settle(write);
  }

  /** Does it now, or when it is no longer stopped; not after its end. */
  #go(action: () => void): void {
    if (this.exited) return;
    if (this.#stopped) this.#held.push(action);
    else action();
  }

  #end(exitCode: number | undefined, signal: string | undefined): void {
    if (this.exited) return;
    this.exited = true;
    for (const pipe of this.outputs.values()) {
      if (signal !== undefined) pipe.dropWaiting();
      pipe.closeWriter();
    }
    for (const pipe of this.inputs.values()) pipe.closeReader();
    this.#later(0, () => this.onExit(exitCode, signal));
  }
}
