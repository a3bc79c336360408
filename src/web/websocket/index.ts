/** WebSockets, by the package ws, over any transport of the reactor's. */
export { connectWebSocket, type ConnectWebSocketOptions } from "./connect-websocket.ts";
export { MissingPackageError, WebSocketClosedError, WebSocketRefusedError } from "./errors.ts";
export { WebSocketMessages } from "./websocket-messages.ts";
export type { WebSocketOptions } from "./websocket-options.ts";
export { WebSocketProtocol } from "./websocket-protocol.ts";
export { type BuildWebSocket, websockets, type WebSocketsOptions } from "./websockets.ts";
export { WebSocketTransport } from "./websocket-transport.ts";
