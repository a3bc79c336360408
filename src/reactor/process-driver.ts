/** What a backend with processes provides. */
import type { Deferred } from "../defer/deferred.ts";
import type { ChildFD, SignalTarget, TerminalSize } from "./processes.ts";

/** What users ask for, checked. */
export interface SpawnRequest {
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment; that of this process if there is none. */
  readonly env: Readonly<Record<string, string | undefined>> | undefined;
  readonly cwd: string | undefined;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  readonly childFDs: ReadonlyMap<number, ChildFD>;
  /** Whether it leads a group of its own. */
  readonly processGroup: boolean;
  /** The terminal that it is to have: then `childFDs` are 0 and 1, which are both sides of it. */
  readonly terminal: TerminalRequest | undefined;
}

export interface TerminalRequest extends TerminalSize {
  /** For the child's TERM. */
  readonly name: string;
}

/** What a child tells, always from an empty stack. */
export interface ChildEvents {
  received(childFD: number, data: Uint8Array): void;
  /** The system has taken some of what was written. */
  taken(childFD: number): void;
  /** A pipe has ended, behind its last byte; with the system's error, if there was one. */
  closed(childFD: number, error?: Error): void;
  exited(exitCode: number | undefined, signal: string | undefined): void;
}

/** A process that was started, in whatever form the backend has it. */
export interface ChildHandle {
  readonly pid: number;
  /** From here on what happens is told; nothing is lost before. */
  start(events: ChildEvents): void;
  write(childFD: number, bytes: Uint8Array): void;
  /** Bytes that were written to a pipe and wait; 0 once it is closed. */
  bufferedBytes(childFD: number): number;
  /** Whether pipes from the child are read; they are, until this is called. */
  setReading(enabled: boolean): void;
  /** Sends what waits, and closes; `closed` follows. */
  finish(childFD: number): void;
  /** Closes at once, losing what waits; `closed` follows, with the error. */
  destroy(childFD: number, error?: Error): void;
  /** Sends a signal; false if there is nobody to get it. @throws BadOptionError */
  signal(signal: string | number, to: SignalTarget): boolean;
  /** Whether the process, or any other of its group, is still there. */
  treeIsAlive(): boolean;
  /** Gives its terminal another size; not called when that is closed. */
  resize?(size: TerminalSize): void;
}

/** Nothing may be called back from inside these methods, nor from those of a handle. */
export interface ProcessDriver {
  /** Fires when the process is started, fails with CannotSpawnError. Cancelling gives up. */
  spawn(request: SpawnRequest): Deferred<ChildHandle>;
  /** Whether it can give a child a terminal: else no request asks for one. */
  readonly hasTerminals?: boolean;
}
