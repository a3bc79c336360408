/** What skein/reactor offers on every platform. */
export type { AnyBackend, Backend, Driver, Loop, Opened } from "./backend.ts";
export type {
  Capability,
  CapabilityMap,
  ConnectOptions,
  DelayedCall,
  ListenMulticastOptions,
  ListenOptions,
  ListenUDPOptions,
  OpenThing,
  Phase,
  Reactor,
  ReactorAdopt,
  ReactorCore,
  ReactorFromThreads,
  ReactorMulticast,
  ReactorGuest,
  ReactorTCP,
  ReactorThreads,
  ReactorTime,
  ReactorTLS,
  ReactorUNIX,
  ReactorUDP,
  SystemEvent,
  TriggerId,
  UNIXConnectOptions,
  UNIXListenOptions,
} from "./capabilities.ts";
export type {
  ClockOptions,
  ConnectFault,
  DatagramFaults,
  NetworkEnd,
  NetworkFault,
  ReactorClock,
  ReactorNetwork,
  Segments,
  SimulatedCertificate,
  SimulatedStdio,
  TraceEvent,
} from "./simulation.ts";
export { BadOptionError, QueueFullError } from "../core/errors.ts";
export { CannotCrossError } from "../core/crossing.ts";
export { NoTypeScriptError } from "../core/import-module.ts";
export * from "./errors.ts";
export type { Openable } from "./open-things.ts";
export type { Consumer, PullProducer, PushProducer } from "./producer.ts";
export * from "./datagram-errors.ts";
export type {
  DatagramDestination,
  DatagramReceiver,
  DatagramTransport,
  MulticastTransport,
  UDPAddress,
} from "./datagrams.ts";
export { wallSeconds } from "./wall-clock.ts";
export {
  CachingResolver,
  type CachingOptions,
  type CachingStatistics,
} from "./caching-resolver.ts";
export type {
  IPFamily,
  NameResolver,
  ReactorNames,
  ResolvedAddress,
  ResolveOptions,
  SimulatedAnswer,
  SimulatedName,
} from "./names.ts";
export { type NameDriver, Names } from "./name-lookups.ts";
export { ChildProcess } from "./child-process.ts";
export type {
  ChildEvents,
  ChildHandle,
  ProcessDriver,
  SpawnRequest,
  TerminalRequest,
} from "./process-driver.ts";
export * from "./process-errors.ts";
export type {
  ProcessProgram,
  ProcessScript,
  ScriptedProcess,
  ScriptedTerminal,
} from "./process-script.ts";
export type {
  ChildFD,
  ProcessReceiver,
  ProcessTransport,
  ReactorProcess,
  SignalTarget,
  SpawnOptions,
  TerminalOptions,
  TerminalSize,
} from "./processes.ts";
export { Processes } from "./spawning.ts";
export {
  Stdio,
  StdioConnection,
  type ReactorStdio,
  type StdioDriver,
  type StdioOptions,
  type StdioTransport,
} from "./stdio.ts";
export * from "./stdio-errors.ts";
export { addGauges, type ReadGauges } from "./gauges.ts";
export { guest, type Host } from "./guest.ts";
export { MetaReactor } from "./meta-reactor.ts";
export type { ReactorOptions } from "./reactor.ts";
export type { CreateReactor, ReactorOn } from "./registry.ts";
export type { SlowCall } from "./slow-calls.ts";
export { type ReactorStatistics, statisticsOf } from "./statistics.ts";
export { StreamConnection } from "./stream-connection.ts";
export { SecurableConnection } from "./securable-connection.ts";
export type {
  AddressFamily,
  AdoptRequest,
  DialRequest,
  Listener,
  ListenRequest,
  StreamDriver,
  StreamKind,
  TCPDialRequest,
  TCPListenRequest,
  UNIXDialRequest,
  UNIXListenRequest,
} from "./stream-driver.ts";
export { Streams } from "./streams.ts";
export * from "./tls-errors.ts";
export type { Traffic } from "./traffic.ts";
export type {
  CertificateSource,
  PeerCertificate,
  StartTLSOptions,
  TLSClientOptions,
  TLSContext,
  TLSEngine,
  TLSEvents,
  TLSProvider,
  TLSServerOptions,
  TLSSession,
  TLSVersion,
} from "./tls.ts";
export type {
  ClientProtocolFactory,
  Connector,
  Destination,
  HalfCloseableProtocol,
  ListeningPort,
  ProtocolFactory,
  StreamProtocol,
  StreamAddress,
  TCPAddress,
  Transport,
  UNIXAddress,
} from "./transport.ts";
export {
  type BindRequest,
  type DatagramDriver,
  type DatagramEvents,
  type DatagramSocket,
  UDP,
} from "./udp.ts";
export { type WorkerFate, type WorkerScript } from "./worker-script.ts";
export {
  type CallManner,
  openWorker,
  type RemoteFunction,
  type Substrate,
  type WorkerCall,
  type WorkerEvents,
  type WorkerHandle,
  type WorkerOptions,
} from "./workers.ts";
