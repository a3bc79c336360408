/**
 * Programs of the clock's simulated processes: functions, in place of what is on a disk.
 *
 * ```ts
 * import { createReactor, getProcessOutput, type ScriptedProcess } from "skein";
 *
 * const reactor = createReactor("clock", {
 *   processes: {
 *     async greet(child: ScriptedProcess) {
 *       await child.sleep(2);
 *       await child.write(`hello, ${child.args[0]}\n`);
 *     },
 *     broken: "EACCES", // starting it fails with NotExecutableError
 *   },
 * });
 * const stopped = reactor.run();
 * const output = await getProcessOutput(reactor, "greet", { args: ["Ada"] });
 * console.log(new TextDecoder().decode(output).trimEnd(), reactor.seconds()); // → hello, Ada 2
 * reactor.stop();
 * await stopped;
 * ```
 */
import type { TerminalSize } from "./processes.ts";

/** The terminal that a simulated process was started in. Resizing it sends WINCH. */
export interface ScriptedTerminal extends TerminalSize {
  readonly name: string;
}

/** A simulated process, as its own program sees it. */
export interface ScriptedProcess {
  readonly pid: number;
  readonly command: string;
  readonly args: readonly string[];
  /** As spawnProcess was given it; empty if it was not: a simulated process inherits nothing. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string | undefined;
  /** Undefined if it has pipes. What it writes to descriptor 2 comes by a terminal as to 1. */
  readonly terminal: ScriptedTerminal | undefined;
  /** What comes by descriptor 0. */
  readonly stdin: AsyncIterable<Uint8Array>;
  /** What comes by another descriptor of kind "w". One that is no such pipe is at its end. */
  read(childFD: number): AsyncIterable<Uint8Array>;
  /**
   * Writes, to standard output unless told otherwise; text as UTF-8. Resolves when it all is in the
   * pipe, which holds 64 KiB: await it, as a real program waits. Rejects with EPIPE when nobody
   * will read it. To a descriptor that is no pipe of kind "r" it goes nowhere.
   */
  write(data: Uint8Array | string, childFD?: number): Promise<void>;
  /** Closes a descriptor. */
  close(childFD: number): void;
  /** Resolves when so much virtual time has passed. */
  sleep(seconds: number): Promise<void>;
  /**
   * From here on a signal ("TERM" and "SIGTERM" are the same) calls `handler` and does nothing
   * else; undefined brings back what it does by itself: CHLD, CONT, URG and WINCH nothing, the
   * others end the process. KILL and STOP cannot be handled.
   */
  onSignal(signal: string, handler: (() => void) | undefined): void;
  /**
   * Ends the process; what it has written is still read. What it does after this comes to nothing.
   * Also done when the program returns (0), or throws (1, with the error on standard error).
   */
  exit(exitCode?: number): void;
}

/** A program: its process has exited when it returns, or the promise that it returned settles. */
export type ProcessProgram = (child: ScriptedProcess) => unknown;

/** A program, or why it cannot be started, as the system calls it: "EACCES", "EAGAIN". */
export type ProcessScript = ProcessProgram | string;
