/** The simulated processes of a clock's world. */
import { checksum } from "../../../core/bytes.ts";
import { Deferred } from "../../../defer/deferred.ts";
import type {
  ChildEvents,
  ChildHandle,
  ProcessDriver,
  SpawnRequest,
} from "../../process-driver.ts";
import { cannotSpawn } from "../../process-errors.ts";
import type { ProcessScript } from "../../process-script.ts";
import type { TerminalSize } from "../../processes.ts";
import type { TimerQueue } from "../../timer-queue.ts";
import { brokenPipe, type MemoryPipe } from "./memory-pipe.ts";
import { ScriptedChild } from "./scripted-child.ts";
import { signalName } from "./signal-names.ts";

const FIRST_PID = 1000;
const STDIN = 0;

/** What processes need of their world. */
export interface ProcessesOptions {
  readonly happenings: TimerQueue;
  readonly trace: (event: string) => void;
  readonly processes: Readonly<Record<string, ProcessScript>>;
}

export class MemoryProcesses implements ProcessDriver {
  readonly hasTerminals = true;
  readonly #options: ProcessesOptions;
  #nextPid = FIRST_PID;

  constructor(options: ProcessesOptions) {
    this.#options = options;
  }

  spawn(request: SpawnRequest): Deferred<ChildHandle> {
    const spawned = new Deferred<ChildHandle>();
    this.#later(0, () => {
      if (spawned.called) return;
      const { processes, trace } = this.#options;
      const { command } = request;
      const script = Object.hasOwn(processes, command) ? processes[command] : "ENOENT";
      if (typeof script !== "function") {
        trace(`process ${command} failed ${script}`);
        spawned.errback(cannotSpawn(request, script));
        return;
      }
      const child = new ScriptedChild(this.#nextPid++, request, { later: this.#later });
      trace(`process ${child.pid} start ${[command, ...request.args].join(" ")}`);
      spawned.callback(new MemoryChild(child, this.#later, trace));
      this.#later(0, () => void child.run(script));
    });
    return spawned;
  }

  readonly #later = (seconds: number, action: () => void): void => {
    this.#options.happenings.add(seconds, action);
  };
}

/** The reactor's side of a simulated process, which is a group of its own. */
class MemoryChild implements ChildHandle {
  readonly #child: ScriptedChild;
  readonly #later: (seconds: number, action: () => void) => void;
  readonly #trace: (event: string) => void;
  #events: ChildEvents | undefined = undefined;
  #reading = true;
  readonly #closed = new Set<number>();

  constructor(
    child: ScriptedChild,
    later: (seconds: number, action: () => void) => void,
    trace: (event: string) => void,
  ) {
    this.#child = child;
    this.#later = later;
    this.#trace = (event) => trace(`process ${child.pid} ${event}`);
  }

  get pid(): number {
    return this.#child.pid;
  }

  start(events: ChildEvents): void {
    this.#events = events;
    this.#child.onExit = (exitCode, signal) => {
      this.#trace(`exit ${exitCode ?? signal}`);
      events.exited(exitCode, signal);
      for (const childFD of this.#child.inputs.keys()) this.#close(childFD);
    };
    for (const [childFD, pipe] of this.#child.outputs) {
      pipe.reader = {
        received: (bytes) => {
          if (this.#closed.has(childFD)) return;
          this.#trace(`${childFD} ${bytes.length} #${checksum(bytes).toString(16)}`);
          events.received(childFD, bytes);
        },
        ended: () => this.#close(childFD),
      };
      pipe.setReading(this.#reading);
    }
    for (const [childFD, pipe] of this.#child.inputs) {
      pipe.writer = {
        taken: () => {
          if (this.#closed.has(childFD)) return;
          events.taken(childFD);
          if (pipe.writerClosed && pipe.waitingBytes === 0) this.#close(childFD);
        },
        broken: () => this.#close(childFD, brokenPipe()),
      };
    }
  }

  write(childFD: number, bytes: Uint8Array): void {
    this.#trace(`${childFD} ${bytes.length} #${checksum(bytes).toString(16)}`);
    this.#pipe(childFD).write(bytes);
  }

  bufferedBytes(childFD: number): number {
    return this.#closed.has(childFD) ? 0 : this.#pipe(childFD).waitingBytes;
  }

  setReading(enabled: boolean): void {
    this.#reading = enabled;
    for (const pipe of this.#child.outputs.values()) pipe.setReading(enabled);
  }

  finish(childFD: number): void {
    const pipe = this.#pipe(childFD);
    pipe.closeWriter();
    if (pipe.waitingBytes === 0) this.#later(0, () => this.#close(childFD));
  }

  destroy(childFD: number, error?: Error): void {
    const output = this.#child.outputs.get(childFD);
    if (output !== undefined && this.#child.terminal !== undefined) this.#hangUp();
    if (output !== undefined) output.closeReader();
    else this.#pipe(childFD).dropWaiting();
    this.#later(0, () => this.#close(childFD, error));
  }

  signal(signal: string | number): boolean {
    const name = signalName(signal);
    if (this.#child.exited) return false;
    this.#trace(`signal ${name}`);
    this.#later(0, () => this.#child.signalled(name));
    return true;
  }

  resize(size: TerminalSize): void {
    this.#trace(`size ${size.columns} ${size.rows}`);
    this.#later(0, () => this.#child.resized(size));
  }

  treeIsAlive(): boolean {
    return !this.#child.exited;
  }

  /** The whole terminal is closed. */
  #hangUp(): void {
    if (!this.#child.exited) this.signal("HUP");
    this.#later(0, () => this.#close(STDIN));
  }

  #close(childFD: number, error?: Error): void {
    if (this.#closed.has(childFD)) return;
    this.#closed.add(childFD);
    this.#child.inputs.get(childFD)?.closeWriter();
    this.#events?.closed(childFD, error);
  }

  #pipe(childFD: number): MemoryPipe {
    return this.#child.inputs.get(childFD) as MemoryPipe;
  }
}
