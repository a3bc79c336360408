/** A child process, the same on every backend: its life, and the laws of `processes.ts`. */
import { BadOptionError } from "../core/errors.ts";
import type { Deferred } from "../defer/deferred.ts";
import { Failure } from "../defer/failure.ts";
import type { Loop } from "./backend.ts";
import { endOf } from "./end-of.ts";
import { HIGH_WATER_BYTES, LOW_WATER_BYTES, MAX_BUFFERED_BYTES } from "./limits.ts";
import { PipeToChild } from "./pipe-to-child.ts";
import type { ChildEvents, ChildHandle, SpawnRequest } from "./process-driver.ts";
import {
  ProcessDoneError,
  ProcessExitedAlreadyError,
  ProcessTerminatedError,
  TerminalClosedError,
} from "./process-errors.ts";
import type { ProcessReceiver, ProcessTransport, SignalTarget, TerminalSize } from "./processes.ts";
import type { PullProducer, PushProducer } from "./producer.ts";
import { assertTerminalSize } from "./spawn-checks.ts";
import { TreeEnd } from "./tree-end.ts";

const GRACE_SECONDS = 5;
const STDIN = 0;
const STDOUT = 1;
const encoder = new TextEncoder();

/** What a child gets from the one who starts it. */
export interface ChildParts {
  readonly loop: Loop;
  readonly handle: ChildHandle;
  readonly request: SpawnRequest;
  readonly protocol: ProcessReceiver;
  /** Called when its tree begins to be ended, and when nobody is left of it. */
  readonly treeEnding: () => void;
  readonly treeEnded: () => void;
  /** Called once, at the end, after the protocol's own last call. */
  readonly closed: () => void;
}

export class ChildProcess implements ProcessTransport, ChildEvents {
  highWaterBytes: number = HIGH_WATER_BYTES;
  lowWaterBytes: number = LOW_WATER_BYTES;
  maxBufferedBytes: number = MAX_BUFFERED_BYTES;
  readonly #parts: ChildParts;
  /** Whether the protocol was started, and is to be told. */
  #started = false;
  readonly #toChild = new Map<number, PipeToChild>();
  /** The pipes that have not ended, both ways. */
  readonly #open = new Set<number>();
  /** How it has exited. */
  #reason: Failure | undefined = undefined;
  readonly #treeEnd: TreeEnd;
  #terminal: TerminalSize | undefined;

  constructor(parts: ChildParts) {
    this.#parts = parts;
    const { handle, request, loop } = parts;
    this.#treeEnd = new TreeEnd(loop, handle, parts);
    if (request.terminal !== undefined) {
      const { columns, rows } = request.terminal;
      this.#terminal = { columns, rows };
    }
    for (const [childFD, kind] of request.childFDs) {
      if (typeof kind === "number") continue;
      this.#open.add(childFD);
      if (kind === "w") this.#toChild.set(childFD, this.#pipeTo(childFD));
    }
  }

  /** Hands it to its protocol. @throws what makeConnection throws; its tree is then being ended. */
  start(): void {
    const { handle, protocol } = this.#parts;
    try {
      protocol.makeConnection(this);
      this.#started = true;
    } catch (error) {
      this.endTree(0);
      this.loseConnection();
      throw error;
    } finally {
      handle.start(this);
    }
  }

  // --- ChildEvents ---

  received(childFD: number, data: Uint8Array): void {
    this.#call("childDataReceived", (protocol) => protocol.childDataReceived(childFD, data));
  }

  taken(childFD: number): void {
    this.#toChild.get(childFD)?.taken();
  }

  closed(childFD: number, error?: Error): void {
    if (!this.#open.delete(childFD)) return;
    const reason = new Failure(endOf(error));
    this.#toChild.get(childFD)?.end(reason);
    this.#call("childConnectionLost", (protocol) => protocol.childConnectionLost(childFD, reason));
    this.#checkEnded();
  }

  exited(exitCode: number | undefined, signal: string | undefined): void {
    const reason = new Failure(
      exitCode === 0 ? new ProcessDoneError() : new ProcessTerminatedError(exitCode, signal),
    );
    this.#reason = reason;
    this.#call("processExited", (protocol) => protocol.processExited(reason));
    this.#treeEnd.exited();
    this.#checkEnded();
  }

  // --- ProcessTransport ---

  get pid(): number {
    return this.#parts.handle.pid;
  }

  get hasExited(): boolean {
    return this.#reason !== undefined;
  }

  get bufferedBytes(): number {
    return this.#toChild.get(STDIN)?.bufferedBytes ?? 0;
  }

  write(data: Uint8Array | string): boolean {
    return this.writeToChild(STDIN, data);
  }

  writeSequence(pieces: Iterable<Uint8Array | string>): boolean {
    let more = true;
    for (const piece of pieces) more = this.write(piece);
    return more;
  }

  writeToChild(childFD: number, data: Uint8Array | string): boolean {
    return this.#pipe(childFD).write(typeof data === "string" ? encoder.encode(data) : data);
  }

  registerProducer(producer: PullProducer | PushProducer, streaming: boolean): void {
    this.#pipe(STDIN).register(producer, streaming);
  }

  unregisterProducer(): void {
    this.#pipe(STDIN).unregister();
  }

  whenDrained(childFD: number = STDIN): Deferred<void> {
    return this.#pipe(childFD).whenDrained();
  }

  closeChildFD(childFD: number): void {
    const kind = this.#parts.request.childFDs.get(childFD);
    if (typeof kind !== "string") throw noPipe(childFD);
    if (!this.#open.has(childFD)) return;
    if (kind === "w") this.#pipe(childFD).finish();
    else this.#parts.handle.destroy(childFD);
  }

  closeStdin(): void {
    this.closeChildFD(0);
  }

  closeStdout(): void {
    this.closeChildFD(1);
  }

  closeStderr(): void {
    this.closeChildFD(2);
  }

  loseConnection(): void {
    for (const childFD of this.#open) this.closeChildFD(childFD);
  }

  /** Closes all its pipes, whatever waits in them. */
  cutOff(error: Error): void {
    for (const childFD of this.#open) this.#parts.handle.destroy(childFD, error);
  }

  get terminal(): TerminalSize | undefined {
    return this.#terminal;
  }

  resize(columns: number, rows: number): void {
    const size = { columns, rows };
    assertTerminalSize(size);
    const { handle } = this.#parts;
    if (this.#terminal === undefined || handle.resize === undefined) {
      throw new BadOptionError(`process ${this.pid} has no terminal: start it with pty`);
    }
    // Its output is what stays open longest.
    if (!this.#open.has(STDOUT)) throw new TerminalClosedError(this.pid);
    handle.resize(size);
    this.#terminal = size;
  }

  signalProcess(signal: string | number, to: SignalTarget = "process"): void {
    if (this.#parts.handle.signal(signal, to)) return;
    throw new ProcessExitedAlreadyError(signal, `the ${to} ${this.pid}`);
  }

  endTree(graceSeconds: number = GRACE_SECONDS): Deferred<void> {
    return this.#treeEnd.begin(graceSeconds);
  }

  pauseProducing(): void {
    this.#parts.handle.setReading(false);
  }

  resumeProducing(): void {
    this.#parts.handle.setReading(true);
  }

  stopProducing(): void {
    this.loseConnection();
  }

  // --- parts ---

  #pipeTo(childFD: number): PipeToChild {
    return new PipeToChild(
      childFD,
      this.#parts.handle,
      this,
      (error) => this.#failed(error, "writing to a child process"),
      (error, method) => this.#failed(error, `calling a producer's ${method}`),
    );
  }

  #pipe(childFD: number): PipeToChild {
    const pipe = this.#toChild.get(childFD);
    if (pipe === undefined) throw noPipe(childFD);
    return pipe;
  }

  #checkEnded(): void {
    const reason = this.#reason;
    if (reason === undefined || this.#open.size > 0) return;
    this.#call("processEnded", (protocol) => protocol.processEnded(reason));
    this.#parts.closed();
  }

  #call(method: string, action: (protocol: ProcessReceiver) => void): void {
    if (!this.#started) return;
    try {
      action(this.#parts.protocol);
    } catch (error) {
      this.#failed(error, `calling a protocol's ${method}`);
    }
  }

  #failed(error: unknown, doing: string): void {
    this.#parts.loop.reportError(error, doing);
    this.endTree();
  }
}

function noPipe(childFD: number): BadOptionError {
  return new BadOptionError(`descriptor ${childFD} of the child is no pipe for that`);
}
