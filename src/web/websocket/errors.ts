import { SkeinError } from "../../core/errors.ts";

/** The codes with which a WebSocket ends that has come to its end in order. */
const CLEAN: ReadonlySet<number> = new Set([1000, 1001, 1005]);

/** A WebSocket has ended: always the reason of its connectionLost. `cause` says more, if known. */
export class WebSocketClosedError extends SkeinError {
  override readonly name = "WebSocketClosedError";
  readonly code = "ERR_WEBSOCKET_CLOSED";
  /** What the peer has given as a code; 1005 for none, 1006 for an end without a goodbye. */
  readonly closeCode: number;
  /** What the peer has given as a reason. */
  readonly closeReason: string;

  constructor(closeCode: number, closeReason: string, cause?: unknown) {
    const why = closeReason === "" ? "" : `: ${closeReason}`;
    super(`the WebSocket has ended with the code ${closeCode}${why}`, { cause });
    this.closeCode = closeCode;
    this.closeReason = closeReason;
  }

  /** Whether both sides meant it to end, or one of them goes away. */
  get clean(): boolean {
    return CLEAN.has(this.closeCode);
  }
}

/** There is no WebSocket: the server has answered otherwise, or the handshake has failed. */
export class WebSocketRefusedError extends SkeinError {
  override readonly name = "WebSocketRefusedError";
  readonly code = "ERR_WEBSOCKET_REFUSED";
  /** What the server has answered; undefined when that was no response. */
  readonly status: number | undefined;

  constructor(message: string, status?: number, cause?: unknown) {
    super(message, { cause });
    this.status = status;
  }
}

/** A package that users bring themselves, as few need it, is not installed. */
export class MissingPackageError extends SkeinError {
  override readonly name = "MissingPackageError";
  readonly code = "ERR_MISSING_PACKAGE";
}
