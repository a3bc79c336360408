/**
 * What connects a protocol to a child process: the interfaces on both sides of its pipes.
 *
 * Every backend's children keep the same laws, and the contract suite in `skein/testing` holds them
 * to it:
 *
 * 1. Nothing is delivered from inside `spawnProcess()` or a method of the transport. (A producer is
 *    paused from inside `write()`.)
 * 2. `makeConnection`, then what the pipes bring; `childConnectionLost` once for each pipe, behind
 *    its last byte; `processExited` once, when the process has exited; `processEnded` once, last,
 *    when it has exited and all its pipes have ended.
 * 3. So no output is lost, however soon the process exits: also what its own children write, for as
 *    long as they hold its pipes.
 * 4. Memory is bounded both ways: who pauses slows the child down, and see
 *    {@link ProcessTransport.maxBufferedBytes}.
 * 5. A protocol that throws is reported, and its child's tree is ended; others do not notice.
 */
import type { Deferred } from "../defer/deferred.ts";
import type { Failure } from "../defer/failure.ts";
import type { Consumer, PushProducer } from "./producer.ts";

/**
 * One descriptor of a child, as seen from this side, as in Twisted: "r" is a pipe that is read here
 * and written there, "w" one that is written here and read there; a number is a descriptor of this
 * process, which the child shares.
 */
export type ChildFD = "r" | "w" | number;

/** The whole process, or the group that it leads: itself and what it has started. */
export type SignalTarget = "process" | "group";

/** How large a terminal is, in characters. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

export interface TerminalOptions extends Partial<TerminalSize> {
  /** What it can do, which the child finds as TERM; see `pty`. */
  name?: string;
}

export interface SpawnOptions {
  /** The arguments, without the command's own name; none unless given. */
  args?: readonly string[];
  /** The whole environment; that of this process unless given. (Twisted's is empty by default.) */
  env?: Readonly<Record<string, string | undefined>>;
  /** The directory to start in; that of this process unless given. */
  cwd?: string;
  /** The user and group to become; needs the right to do so. */
  uid?: number;
  gid?: number;
  /** The child's descriptors, by their numbers there; `{ 0: "w", 1: "r", 2: "r" }` unless given. */
  childFDs?: Readonly<Record<number, ChildFD>>;
  /**
   * Whether it leads a group of its own; true unless given, so that its whole tree can be ended,
   * and Ctrl-C at the terminal goes to this process alone, which ends its children. False is for
   * children that share this process' terminal.
   */
  processGroup?: boolean;
  /**
   * Whether it runs in a terminal of its own, by a pseudo-terminal, in place of pipes: all that it
   * writes comes as descriptor 1. 80 columns and 24 rows unless given, and TERM is "xterm-256color"
   * unless `env` says otherwise. On libuv it needs the package node-pty; docs/processes.md has the
   * whole of it. It excludes `childFDs`, and a `processGroup` of false.
   */
  pty?: boolean | TerminalOptions;
}

/**
 * The protocol's handle on its child: the consumer of what the child reads from its standard input,
 * and the producer of all that it writes.
 */
export interface ProcessTransport extends Consumer, PushProducer {
  readonly pid: number;
  /** Whether the process has exited; its pipes may still be open. */
  readonly hasExited: boolean;
  /** Sends to the child's standard input: `writeToChild(0, data)`. */
  write(data: Uint8Array | string): boolean;
  writeSequence(pieces: Iterable<Uint8Array | string>): boolean;
  /**
   * Sends bytes by a pipe of kind "w", in order; text is sent as UTF-8. Returns at once; false says
   * that the child is behind (over `highWaterBytes` wait), or that the pipe is closed, or being
   * closed: then the bytes are dropped. When more than `maxBufferedBytes` wait, the pipe ends with
   * WriteOverflowError, and the child's tree is ended: it must not take half of its input for all.
   * Do not change the bytes after handing them over.
   *
   * @throws BadOptionError for a descriptor that is no pipe to the child.
   */
  writeToChild(childFD: number, data: Uint8Array | string): boolean;
  /** Fires when more can be written to the pipe, as {@link Consumer.whenDrained}. */
  whenDrained(childFD?: number): Deferred<void>;
  /**
   * Closes one pipe on this side: one to the child when all that was written is sent (the child
   * then reads the end), one from the child at once (what it writes is then an error there).
   * `childConnectionLost` follows in a later turn. Nothing is done when it is closed.
   *
   * @throws BadOptionError for a descriptor that is no pipe.
   */
  closeChildFD(childFD: number): void;
  /**
   * closeChildFD(0). Through a terminal, the child reads the end by ^D, which is sent behind what
   * was written (twice in the middle of a line); nothing can be written after it.
   */
  closeStdin(): void;
  /** closeChildFD(1). A terminal is closed with it, both ways: its processes get HUP. */
  closeStdout(): void;
  /** closeChildFD(2) */
  closeStderr(): void;
  /** Closes all its pipes on this side. The process itself may go on: see {@link endTree}. */
  loseConnection(): void;
  /** The size of its terminal; undefined if it has pipes. */
  readonly terminal: TerminalSize | undefined;
  /**
   * Tells its terminal another size; the child gets WINCH.
   *
   * @throws BadOptionError for a size that is none, or without a terminal; TerminalClosedError when
   *   it is closed.
   */
  resize(columns: number, rows: number): void;
  /**
   * Sends a signal, by its name ("TERM", "SIGTERM") or number, to the process, or to its group.
   *
   * @throws ProcessExitedAlreadyError when there is nobody to get it (any more); BadOptionError for
   *   what is no signal.
   */
  signalProcess(signal: string | number, to?: SignalTarget): void;
  /**
   * Ends the whole group (with a terminal: all groups in it): TERM at once (and CONT, for those
   * that are stopped), KILL after `graceSeconds` (5 unless given, Infinity for never) to who is
   * still there. Fires when the process has exited and its group is gone, or was killed. A shorter
   * time replaces one under way.
   * Cancelling waits no longer, and changes nothing else.
   *
   * @throws BadOptionError for a time that is none.
   */
  endTree(graceSeconds?: number): Deferred<void>;
  /** Stops reading all pipes from the child: once they are full, its writing waits. */
  pauseProducing(): void;
  /** Reads on, in a later turn: also the ends, if they have come. */
  resumeProducing(): void;
  /** loseConnection(), as the consumer of what is received here has ended. */
  stopProducing(): void;
  /** Bytes written to its standard input and not yet taken by the system. */
  readonly bufferedBytes: number;
  /** When more bytes wait in a pipe, write() says so, and a producer is paused; 64 KiB. */
  highWaterBytes: number;
  /** When so few bytes wait again, producers are resumed, and whenDrained() fires; 16 KiB. */
  lowWaterBytes: number;
  /** The most bytes that may wait in one pipe; 16 MiB unless set. */
  maxBufferedBytes: number;
}

/**
 * What a child process calls. `ProcessProtocol` in skein/protocols is the class to derive from. An
 * error that one of these throws is reported, and the child's tree is ended.
 */
export interface ProcessReceiver {
  makeConnection(transport: ProcessTransport): void;
  /** The bytes are the callee's to keep. How they are cut into pieces means nothing. */
  childDataReceived(childFD: number, data: Uint8Array): void;
  /**
   * A pipe has ended: ConnectionDoneError for a plain end, on either side; ConnectionLostError with
   * the system's error (`EPIPE`) as its cause, when the child does not read what is written.
   */
  childConnectionLost(childFD: number, reason: Failure): void;
  /** With ProcessDoneError (exit code 0) or ProcessTerminatedError. Output may still come. */
  processExited(reason: Failure): void;
  /** As processExited; the last call. */
  processEnded(reason: Failure): void;
}

/** Child processes. docs/processes.md has the whole of it. */
export interface ReactorProcess {
  /**
   * Starts a command, looked up in PATH unless there is a slash in it, when the reactor runs; no
   * shell is between. Connects the protocol, then fires with its transport. Fails with
   * CommandNotFoundError, NotExecutableError, WorkingDirectoryError or another CannotSpawnError,
   * NoTerminalsError, with what connectionMade throws, or with ReactorNotRunningError while the
   * reactor stops: then the protocol is told nothing more, and nothing is left running. Cancelling
   * gives up.
   *
   * @throws BadOptionError for options that cannot be.
   */
  spawnProcess(
    protocol: ProcessReceiver,
    command: string,
    options?: SpawnOptions,
  ): Deferred<ProcessTransport>;
}
