/** What skein/reactor offers on every platform. */
export type { AnyBackend, Backend, Driver, Loop, Opened } from "./backend.ts";
export type {
  Capability,
  CapabilityMap,
  ClockOptions,
  ConnectOptions,
  DatagramFaults,
  DelayedCall,
  ListenMulticastOptions,
  ListenOptions,
  ListenUDPOptions,
  Phase,
  Reactor,
  ReactorClock,
  ReactorCore,
  ReactorFromThreads,
  ReactorMulticast,
  ReactorTCP,
  ReactorThreads,
  ReactorTime,
  ReactorUDP,
  SystemEvent,
  TraceEvent,
  TriggerId,
} from "./capabilities.ts";
export { BadOptionError, QueueFullError } from "../core/errors.ts";
export { CannotCrossError } from "../core/crossing.ts";
export { NoTypeScriptError } from "../core/import-module.ts";
export * from "./errors.ts";
export type { Consumer, PullProducer, PushProducer } from "./producer.ts";
export * from "./datagram-errors.ts";
export type {
  DatagramDestination,
  DatagramReceiver,
  DatagramTransport,
  MulticastTransport,
  UDPAddress,
} from "./datagrams.ts";
export type { ReactorOptions } from "./reactor.ts";
export type { CreateReactor, ReactorOn } from "./registry.ts";
export { StreamConnection } from "./stream-connection.ts";
export {
  type DialRequest,
  type Listener,
  type ListenRequest,
  type StreamDriver,
  TCP,
} from "./tcp.ts";
export type {
  ClientProtocolFactory,
  Connector,
  HalfCloseableProtocol,
  ListeningPort,
  ProtocolFactory,
  StreamProtocol,
  TCPAddress,
  Transport,
} from "./transport.ts";
export {
  type BindRequest,
  type DatagramDriver,
  type DatagramEvents,
  type DatagramSocket,
  UDP,
} from "./udp.ts";
export type { RemoteFunction, WorkerEvents, WorkerHandle } from "./workers.ts";
