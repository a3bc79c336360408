import { TimeoutError } from "../defer/errors.ts";
import type { Failure } from "../defer/failure.ts";
import type { Loop } from "../reactor/backend.ts";
import type { DelayedCall } from "../reactor/capabilities.ts";
import { ProcessTerminatedError } from "../reactor/process-errors.ts";
import type { ProcessReceiver, ProcessTransport } from "../reactor/processes.ts";
import { SecurableConnection } from "../reactor/securable-connection.ts";
import type { UNIXAddress } from "../reactor/transport.ts";

const STDIN = 0;
const STDOUT = 1;

/** A command as a connection: what is written it reads, what it writes is received. */
export class ProcessConnection extends SecurableConnection {
  /** What the command is told by: give it to spawnProcess. */
  readonly receiver: ProcessReceiver;
  readonly #loop: Loop;
  readonly #peer: UNIXAddress;
  readonly #errors: ((data: Uint8Array) => void) | undefined;
  #child!: ProcessTransport;
  #stdinOpen = true;
  #flushWanted = false;
  #endWanted = false;
  #finishing = false;
  /** It has ended its output before anybody asked for the end. */
  #outputEnded = false;
  /** How it has exited, its pipes being at their ends. */
  #exit: Failure | undefined = undefined;
  #closed = false;
  #deadline: DelayedCall | undefined = undefined;

  /** @param errors told of what comes by its standard error. */
  constructor(loop: Loop, command: string, errors: ((data: Uint8Array) => void) | undefined) {
    super((error, doing) => loop.reportError(error, doing));
    this.#loop = loop;
    this.#peer = { type: "UNIX", name: command };
    this.#errors = errors;
    this.receiver = {
      makeConnection: (child) => this.#made(child),
      childDataReceived: (childFD, data) => {
        if (childFD === STDOUT) this.wireReceived(data);
        else this.#errors?.(data);
      },
      childConnectionLost: (childFD) => this.#pipeLost(childFD),
      processExited: () => {},
      processEnded: (reason) => this.#processEnded(reason),
    };
  }

  // --- StreamConnection ---

  getHost(): UNIXAddress {
    return { type: "UNIX", name: "" };
  }

  getPeer(): UNIXAddress {
    return this.#peer;
  }

  setTcpNoDelay(): void {}
  setTcpKeepAlive(): void {}

  protected override get wireBufferedBytes(): number {
    return this.#stdinOpen ? this.#child.bufferedBytes : 0;
  }

  protected override sendWire(bytes: Uint8Array): void {
    if (this.#stdinOpen && bytes.length > 0) this.#child.write(bytes);
  }

  protected override flushWire(): void {
    this.#flushWanted = true;
    let inside = true;
    const flushed = (): void => {
      if (!this.#flushWanted) return;
      this.#flushWanted = false;
      if (inside) this.#loop.callFromThread(() => this.flushed());
      else this.flushed();
    };
    this.#child.whenDrained(STDIN).addCallbacks(flushed, flushed);
    inside = false;
  }

  protected override setWireReading(enabled: boolean): void {
    if (enabled || this.#finishing) this.#child.resumeProducing();
    else this.#child.pauseProducing();
  }

  protected override finishWireWriting(): void {
    this.#endWanted = true;
    if (this.#stdinOpen) this.#child.closeStdin();
    else this.#loop.callFromThread(() => this.writeEnded());
  }

  protected override finishWire(): void {
    if (this.#closed || this.#finishing) return;
    this.#finishing = true;
    // What comes now is dropped, but read: a command that cannot write may not read either.
    this.#child.resumeProducing();
    if (this.#exit !== undefined) {
      this.#loop.callFromThread(() => this.#over());
      return;
    }
    const seconds = this.closeTimeout;
    if (seconds < Infinity) {
      this.#deadline = this.#loop.callLater(seconds, () => {
        const { name } = this.#peer;
        const what = `"${name}" has not exited in ${seconds} seconds after its input was closed`;
        this.cutOff(new TimeoutError(what));
      });
    }
    if (this.#stdinOpen) this.#child.closeStdin();
    else this.#child.loseConnection();
  }

  protected override destroyWire(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelDeadline();
    this.#child.loseConnection();
    this.#child.endTree();
    this.#loop.callFromThread(() => this.lost());
  }

  // --- parts ---

  #made(child: ProcessTransport): void {
    this.#child = child;
    // The limits are this connection's; so all that waits is known to it.
    child.highWaterBytes = child.lowWaterBytes = 0;
    child.maxBufferedBytes = Infinity;
    child.pauseProducing();
  }

  #pipeLost(childFD: number): void {
    if (this.#closed) return;
    if (childFD === STDOUT) {
      this.#outputEnded = !this.#finishing;
      this.wireEnded();
    } else if (childFD === STDIN) {
      this.#stdinOpen = false;
      // It has all; what it still writes nobody reads.
      if (this.#finishing) this.#child.loseConnection();
      else if (this.#endWanted) this.writeEnded();
    }
  }

  #processEnded(reason: Failure): void {
    this.#exit = reason;
    // TLS may still be at what came last; it closes the connection when it is done.
    if (this.#finishing || !this.encrypted) this.#over();
  }

  #over(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelDeadline();
    const error = this.#exit?.value;
    // Who closes the pipes of a command has no claim to a good end of it.
    const failed =
      error instanceof ProcessTerminatedError && (this.#outputEnded || !this.#finishing);
    this.lost(failed ? error : undefined);
  }

  #cancelDeadline(): void {
    if (this.#deadline?.active === true) this.#deadline.cancel();
  }
}
