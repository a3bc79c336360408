/** Protocols: what a connection does with its bytes, or a port with its datagrams. */
export { ByteQueue } from "../core/byte-queue.ts";
export { DatagramProtocol } from "./datagram-protocol.ts";
export type { Decoder } from "./decoder.ts";
export {
  BadFrameError,
  ForwardError,
  FrameTooLongError,
  LineTooLongError,
  NotConnectedError,
  ProcessOutputError,
  ProtocolInUseError,
  SOCKSError,
} from "./errors.ts";
export { ClientFactory, Factory } from "./factory.ts";
export { type FileSource, FileSender, type FileSenderOptions } from "./file-sender.ts";
export { FramedProtocol } from "./framed-protocol.ts";
export { Frames } from "./frames.ts";
export {
  Int16StringReceiver,
  Int32StringReceiver,
  Int8StringReceiver,
  IntStringDecoder,
} from "./int-string.ts";
export { LineDecoder, type LineFormat, TOO_LONG } from "./line-decoder.ts";
export { LineReceiver } from "./line-receiver.ts";
export { Lines } from "./lines.ts";
export { NetstringDecoder, NetstringReceiver } from "./netstring.ts";
export {
  ProcessMonitor,
  type ProcessMonitorEvent,
  type ProcessMonitorOptions,
} from "./process-monitor.ts";
export { ProcessProtocol } from "./process-protocol.ts";
export {
  getProcessOutput,
  getProcessOutputAndValue,
  getProcessValue,
  type ProcessOutputOptions,
  type ProcessResult,
} from "./process-output.ts";
export { StatefulString } from "./stateful-string.ts";
export { type StringFormat, StringReceiver } from "./string-receiver.ts";
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
export * from "./forward/index.ts";
export * from "./policies/index.ts";
export * from "./proxy/index.ts";
export * from "./socks/index.ts";
export * from "./wire/index.ts";
export * from "./telnet/index.ts";
export * from "./redis/index.ts";
export * from "./manhole/index.ts";
export * from "./irc/index.ts";
