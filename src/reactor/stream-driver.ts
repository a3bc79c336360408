/** What a backend with streams provides: it listens and dials. `Streams` makes the rest of it. */
import type { Deferred } from "../defer/deferred.ts";
import type { StreamConnection } from "./stream-connection.ts";
import type { TLSProvider } from "./tls.ts";
import type { StreamAddress } from "./transport.ts";

export interface TCPListenRequest {
  readonly kind: "tcp";
  readonly host: string;
  readonly port: number;
  readonly backlog: number;
}

export interface UNIXListenRequest {
  readonly kind: "unix";
  /** The path of the socket's file; one that begins with NUL names no file. */
  readonly name: string;
  /** The permissions of the file. */
  readonly mode: number;
  readonly backlog: number;
}

/** To listen on a descriptor that listens already. */
export interface AdoptRequest {
  readonly kind: "adopted";
  readonly descriptor: number;
  readonly family: AddressFamily;
}

export interface TCPDialRequest {
  readonly kind: "tcp";
  readonly host: string;
  readonly port: number;
  readonly bindAddress: string | undefined;
}

export interface UNIXDialRequest {
  readonly kind: "unix";
  readonly name: string;
}

/** What an adopted descriptor's addresses are, as systemd calls it. */
export type AddressFamily = "INET" | "INET6" | "UNIX";

export type ListenRequest = TCPListenRequest | UNIXListenRequest | AdoptRequest;
export type DialRequest = TCPDialRequest | UNIXDialRequest;
/** The kinds of streams; `adopted` can only be listened on. */
export type StreamKind = ListenRequest["kind"];

/** An open listening socket, in whatever form the backend has it. */
export interface Listener {
  readonly address: StreamAddress;
  /** Accepts nothing more; fires when the address is free. */
  close(): Deferred<void>;
}

/**
 * What a backend provides for the kinds of streams `K`. Nothing may be called back from inside
 * these methods.
 */
export interface StreamDriver<K extends StreamKind = "tcp"> {
  /** Fires when it listens, fails with CannotListenError. Cancelling gives up. */
  listen(
    request: Extract<ListenRequest, { kind: K }>,
    accept: (connection: StreamConnection) => void,
  ): Deferred<Listener>;
  /** Fires with the connection, not yet started; fails with ConnectError. Cancelling gives up. */
  dial(request: Extract<DialRequest, { kind: K }>): Deferred<StreamConnection>;
  /** TLS for its connections, if it has any. */
  readonly tls?: TLSProvider;
}
