/**
 * How a connection has ended, in the words of node:net: what libraries look at is `error.code`
 * (`ECONNRESET`, `ECONNREFUSED`, …). skein's own error is the `cause`.
 */
import { CancelledError, TimeoutError } from "../defer/errors.ts";
import {
  ConnectError,
  ConnectionAbortedError,
  ConnectionDoneError,
  ConnectionLostError,
  ConnectionRefusedError,
  UnknownHostError,
} from "../reactor/errors.ts";
import type { Destination } from "../reactor/transport.ts";

/** An error as node:net makes them. */
export interface SocketError extends Error {
  readonly code: string;
  /** What was being done: `connect`, `read`, `write`, `getaddrinfo`. */
  readonly syscall: string;
  /** Of a connection that could not be made. */
  readonly address?: string;
  readonly port?: number;
}

/** Why no connection was made. */
export function connectSocketError(reason: unknown, to: Destination): SocketError {
  const where = "name" in to ? { address: to.name } : { address: to.host, port: to.port };
  const syscall = reason instanceof UnknownHostError ? "getaddrinfo" : "connect";
  return socketError(reason, codeOf(reason), syscall, where);
}

/** Why a connection has ended; undefined for a clean end. */
export function endSocketError(reason: unknown): SocketError | undefined {
  if (reason instanceof ConnectionDoneError) return undefined;
  return socketError(reason, codeOf(reason), "read");
}

/** Why what was written is not sent, even where the end was a clean one. */
export function writeSocketError(reason: unknown): SocketError {
  const code = reason instanceof ConnectionDoneError ? "EPIPE" : codeOf(reason);
  return socketError(reason, code, "write");
}

function socketError(
  reason: unknown,
  code: string,
  syscall: string,
  where: { readonly address?: string; readonly port?: number } = {},
): SocketError {
  const place = [where.address, where.port].filter((part) => part !== undefined).join(":");
  const message = `${syscall} ${code}${place === "" ? "" : ` ${place}`}`;
  return Object.assign(new Error(message, { cause: reason }), { code, syscall, ...where });
}

function codeOf(reason: unknown): string {
  const { code, cause } = reason as { code?: unknown; cause?: { code?: unknown } };
  // What the system has said itself.
  if (reason instanceof ConnectError || reason instanceof ConnectionLostError) {
    if (typeof cause?.code === "string") return cause.code;
  }
  for (const [kind, name] of CODES) if (reason instanceof kind) return name;
  return typeof code === "string" ? code : "ECONNABORTED";
}

const CODES: readonly (readonly [abstract new (...args: never[]) => Error, string])[] = [
  [ConnectionLostError, "ECONNRESET"],
  [ConnectionRefusedError, "ECONNREFUSED"],
  [UnknownHostError, "ENOTFOUND"],
  [TimeoutError, "ETIMEDOUT"],
  [ConnectionAbortedError, "ECONNABORTED"],
  [CancelledError, "ECANCELED"],
];
