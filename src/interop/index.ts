/** The bridge to Node's streams: a transport as a Duplex, and a Duplex as a transport. */
export { adoptDuplex } from "./adopt-duplex.ts";
export type { ConnectTarget } from "./dial.ts";
export { connectDuplex, DuplexFactory, serveDuplex, toDuplex } from "./duplexes.ts";
export { ReactorSocket, type ReactorSocketOptions } from "./reactor-socket.ts";
export type { SocketAddress } from "./socket-address.ts";
export type { SocketError } from "./socket-error.ts";
