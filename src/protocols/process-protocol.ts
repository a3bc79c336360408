import type { Failure } from "../defer/failure.ts";
import type { ProcessReceiver, ProcessTransport } from "../reactor/processes.ts";
import { NotConnectedError } from "./errors.ts";

/**
 * What is done with one child process: derive from it.
 *
 * ```ts
 * import type { Failure } from "skein/defer";
 * import { ProcessProtocol } from "skein/protocols";
 * import { createReactor } from "skein/reactor";
 *
 * class Sort extends ProcessProtocol {
 *   override connectionMade(): void {
 *     this.transport.write("pear\napple\n");
 *     this.transport.closeStdin();
 *   }
 *   override outReceived(data: Uint8Array): void {
 *     console.log(new TextDecoder().decode(data).trimEnd().split("\n").join(" "));
 *   }
 *   override processEnded(reason: Failure): void {
 *     console.log((reason.value as Error).message);
 *     reactor.stop();
 *   }
 * }
 * const reactor = createReactor("libuv");
 * reactor.spawnProcess(new Sort(), "sort").addErrback((failure) => {
 *   console.log(failure.message); // CommandNotFoundError, say
 *   reactor.stop();
 * });
 * await reactor.run();
 * // → apple pear
 * // → the process has exited with code 0
 * ```
 *
 * An error that connectionMade throws is spawnProcess' own; one that another method throws is
 * reported. Both end the child's tree.
 */
export class ProcessProtocol implements ProcessReceiver {
  #transport: ProcessTransport | undefined;

  /** The child. @throws NotConnectedError before {@link connectionMade}. */
  get transport(): ProcessTransport {
    if (this.#transport === undefined) throw new NotConnectedError();
    return this.#transport;
  }

  /** Called by the reactor: takes the transport, then calls {@link connectionMade}. */
  makeConnection(transport: ProcessTransport): void {
    this.#transport = transport;
    this.connectionMade();
  }

  /** The process runs, and its pipes can be used. */
  connectionMade(): void {}

  /**
   * Bytes arrived from the child's descriptor. They are the protocol's to keep. Unless overridden,
   * calls {@link outReceived} or {@link errReceived}.
   */
  childDataReceived(childFD: number, data: Uint8Array): void {
    if (childFD === 1) this.outReceived(data);
    else if (childFD === 2) this.errReceived(data);
  }

  /** Bytes from the standard output, cut in any way. */
  outReceived(_data: Uint8Array): void {}

  /** Bytes from the standard error. */
  errReceived(_data: Uint8Array): void {}

  /**
   * A pipe has ended, behind its last byte. Unless overridden, calls {@link inConnectionLost},
   * {@link outConnectionLost} or {@link errConnectionLost}.
   */
  childConnectionLost(childFD: number, reason: Failure): void {
    if (childFD === 0) this.inConnectionLost(reason);
    else if (childFD === 1) this.outConnectionLost(reason);
    else if (childFD === 2) this.errConnectionLost(reason);
  }

  /** The child's standard input is closed: on this side, or by the child (EPIPE), or its exit. */
  inConnectionLost(_reason: Failure): void {}

  /** The standard output has ended. */
  outConnectionLost(_reason: Failure): void {}

  /** The standard error has ended. */
  errConnectionLost(_reason: Failure): void {}

  /** The process has exited: ProcessDoneError or ProcessTerminatedError. Output may still come. */
  processExited(_reason: Failure): void {}

  /** The process has exited and all its output was delivered; the last call. */
  processEnded(_reason: Failure): void {}
}
