/** Protocols: what a connection does with its bytes. */
export { LineTooLongError, NotConnectedError } from "./errors.ts";
export { ClientFactory, Factory } from "./factory.ts";
export { LineReceiver } from "./line-receiver.ts";
export { Protocol } from "./protocol.ts";
export type {
  ClientProtocolFactory,
  Connector,
  ListeningPort,
  ProtocolFactory,
  StreamProtocol,
  TCPAddress,
  Transport,
} from "../reactor/transport.ts";
