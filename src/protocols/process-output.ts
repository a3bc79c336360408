/** Commands that are run for their output, or for how they exit. */
import { concat } from "../core/bytes.ts";
import { BadOptionError } from "../core/errors.ts";
import { Deferred } from "../defer/deferred.ts";
import { Failure } from "../defer/failure.ts";
import type { Reactor } from "../reactor/capabilities.ts";
import { type ProcessDoneError, ProcessTerminatedError } from "../reactor/process-errors.ts";
import type { SpawnOptions } from "../reactor/processes.ts";
import { ProcessOutputError } from "./errors.ts";
import { ProcessProtocol } from "./process-protocol.ts";

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
const NOTHING = new Uint8Array(0);

export interface ProcessOutputOptions extends Omit<SpawnOptions, "childFDs"> {
  /** What the command reads; it finds the end at once unless given. */
  input?: Uint8Array | string;
  /** The most bytes that it may write, in all; 64 MiB unless set. */
  maxOutputBytes?: number;
}

/** What a command has written, and how it has exited. */
export interface ProcessResult {
  readonly output: Uint8Array;
  readonly errors: Uint8Array;
  /** Its exit code, unless a signal ended it. */
  readonly exitCode: number | undefined;
  /** The signal that ended it, if one did: "SIGTERM", say. */
  readonly signal: string | undefined;
}

/**
 * Runs a command; fires with what it wrote to its standard output.
 *
 * ```ts
 * import { createReactor, getProcessOutput } from "skein";
 *
 * const reactor = createReactor("libuv");
 * const stopped = reactor.run();
 * const output = await getProcessOutput(reactor, "tr", { args: ["a-z", "A-Z"], input: "hello" });
 * console.log(new TextDecoder().decode(output)); // → HELLO
 * try {
 *   await getProcessOutput(reactor, "no-such-command");
 * } catch (error) {
 *   console.log((error as Error).name); // → CommandNotFoundError
 * }
 * reactor.stop();
 * await stopped;
 * ```
 *
 * As in Twisted, how it exits means nothing, and anything on standard error is a failure: here it
 * is ProcessOutputError, which has both outputs, with the command's tree ended at once; see
 * {@link getProcessOutputAndValue} for commands that chat. Fails as spawnProcess too, and with
 * ProcessOutputError over `maxOutputBytes`. Cancelling ends the command's tree: KILL after 5
 * seconds.
 */
export function getProcessOutput(
  reactor: Reactor<"process">,
  command: string,
  options: ProcessOutputOptions & {
    /** Whether standard error is output too, in the order of its arrival, and no failure. */
    errortoo?: boolean;
  } = {},
): Deferred<Uint8Array> {
  const { errortoo = false, ...rest } = options;
  return run(reactor, command, rest, errortoo ? "mix" : "refuse").addCallback(
    ({ output }) => output,
  );
}

/**
 * Runs a command, whose output is dropped; fires with its exit code. Fails with
 * ProcessTerminatedError when a signal ended it, and as spawnProcess; cancelling as
 * {@link getProcessOutput}.
 */
export function getProcessValue(
  reactor: Reactor<"process">,
  command: string,
  options: Omit<ProcessOutputOptions, "maxOutputBytes"> = {},
): Deferred<number> {
  return run(reactor, command, options, "drop").addCallback(({ exitCode, signal }) => {
    if (exitCode === undefined) throw new ProcessTerminatedError(exitCode, signal);
    return exitCode;
  });
}

/**
 * Runs a command; fires with what it wrote, and with how it exited: also when a signal ended it,
 * which Twisted makes a failure. Fails as spawnProcess, and with ProcessOutputError over
 * `maxOutputBytes`; cancelling as {@link getProcessOutput}.
 */
export function getProcessOutputAndValue(
  reactor: Reactor<"process">,
  command: string,
  options: ProcessOutputOptions = {},
): Deferred<ProcessResult> {
  return run(reactor, command, options, "keep");
}

/** What is done with the two outputs. */
type Manner = "keep" | "mix" | "refuse" | "drop";

function run(
  reactor: Reactor<"process">,
  command: string,
  { input = NOTHING, maxOutputBytes = MAX_OUTPUT_BYTES, ...options }: ProcessOutputOptions,
  manner: Manner,
): Deferred<ProcessResult> {
  if (!(maxOutputBytes >= 0)) {
    throw new BadOptionError(`maxOutputBytes must be 0 or more bytes, not ${maxOutputBytes}`);
  }
  const collector = new Collector(input, maxOutputBytes, manner);
  const spawning = reactor.spawnProcess(collector, command, options);
  const result = new Deferred<ProcessResult>(() => {
    spawning.cancel();
    collector.giveUp();
  });
  collector.ended = (outcome) => {
    if (!result.called) result.callback(outcome);
  };
  spawning.addErrback((failure: Failure) => {
    if (!result.called) result.errback(failure);
  });
  return result;
}

class Collector extends ProcessProtocol {
  /** Told of the result, or the failure. */
  ended: (outcome: ProcessResult | Failure) => void = () => {};
  readonly #input: Uint8Array | string;
  readonly #maxBytes: number;
  readonly #manner: Manner;
  readonly #output: Uint8Array[] = [];
  readonly #errors: Uint8Array[] = [];
  #bytes = 0;
  #started = false;
  /** The result is there, or unwanted. */
  #isOver = false;

  constructor(input: Uint8Array | string, maxBytes: number, manner: Manner) {
    super();
    this.#input = input;
    this.#maxBytes = maxBytes;
    this.#manner = manner;
  }

  override connectionMade(): void {
    this.#started = true;
    // It is all there already: a limit to what may wait would only be in the way.
    this.transport.maxBufferedBytes = Infinity;
    this.transport.write(this.#input);
    this.transport.closeStdin();
  }

  override childDataReceived(childFD: number, data: Uint8Array): void {
    if (this.#isOver || this.#manner === "drop") return;
    const toErrors = childFD === 2 && this.#manner !== "mix";
    (toErrors ? this.#errors : this.#output).push(data);
    this.#bytes += data.length;
    if (toErrors && this.#manner === "refuse") {
      this.#fail("the command wrote to its standard error: ".concat(excerpt(data)));
    } else if (this.#bytes > this.#maxBytes) {
      this.#fail(`the command wrote over ${this.#maxBytes} bytes`);
    }
  }

  override processEnded(reason: Failure): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { exitCode, signal } = reason.value as ProcessDoneError | ProcessTerminatedError;
    this.ended({ output: concat(this.#output), errors: concat(this.#errors), exitCode, signal });
  }

  /** Nobody wants the result any more. */
  giveUp(): void {
    this.#isOver = true;
    if (this.#started) this.transport.endTree();
  }

  #fail(message: string): void {
    this.#isOver = true;
    const error = new ProcessOutputError(message, concat(this.#output), concat(this.#errors));
    this.transport.endTree();
    this.ended(new Failure(error));
  }
}

function excerpt(data: Uint8Array): string {
  return new TextDecoder().decode(data.subarray(0, 200)).trimEnd();
}
