/** Protocols: what a connection does with its bytes, or a port with its datagrams. */
export { ByteQueue } from "../core/byte-queue.ts";
export { DatagramProtocol } from "./datagram-protocol.ts";
export type { Decoder } from "./decoder.ts";
export {
  LineTooLongError,
  NotConnectedError,
  ProcessOutputError,
  ProtocolInUseError,
} from "./errors.ts";
export { ClientFactory, Factory } from "./factory.ts";
export { FramedProtocol } from "./framed-protocol.ts";
export { LineDecoder, type LineFormat, TOO_LONG } from "./line-decoder.ts";
export { LineReceiver } from "./line-receiver.ts";
export { ProcessProtocol } from "./process-protocol.ts";
export {
  getProcessOutput,
  getProcessOutputAndValue,
  getProcessValue,
  type ProcessOutputOptions,
  type ProcessResult,
} from "./process-output.ts";
export { Protocol } from "./protocol.ts";
export type { Consumer, PullProducer, PushProducer } from "../reactor/producer.ts";
export type {
  ClientProtocolFactory,
  Connector,
  HalfCloseableProtocol,
  ListeningPort,
  ProtocolFactory,
  StreamAddress,
  StreamProtocol,
  TCPAddress,
  Transport,
  UNIXAddress,
} from "../reactor/transport.ts";
export type { ProcessReceiver, ProcessTransport, SpawnOptions } from "../reactor/processes.ts";
export type {
  DatagramDestination,
  DatagramReceiver,
  DatagramTransport,
  MulticastTransport,
  UDPAddress,
} from "../reactor/datagrams.ts";
