/** Daemons, their options, and the services that they are made of. */
export { backoffPolicy, type BackoffOptions, type RetryPolicy } from "./backoff-policy.ts";
export {
  ClientService,
  type ClientServiceOptions,
  type ConnectedProtocol,
} from "./client-service.ts";
export { CooperatorService, type CooperatorServiceOptions } from "./cooperator-service.ts";
export { type Daemon, type DaemonDefinition, defineDaemon } from "./daemon.ts";
export { DatagramService } from "./datagram-service.ts";
export * from "./errors.ts";
export type { ServiceClock, ServiceState } from "./lifecycle.ts";
export { MultiService } from "./multi-service.ts";
export type { OptionCheck, OptionSchema } from "./option-check.ts";
export type {
  GivenOptions,
  OptionDeclaration,
  OptionDeclarations,
  OptionValues,
} from "./option-declarations.ts";
export { runService, type RunServiceOptions, type ServiceReactor } from "./run-service.ts";
export {
  Service,
  type ServiceEvent,
  type ServiceOptions,
  type ServiceSnapshot,
} from "./service.ts";
export { startDaemon } from "./start-daemon.ts";
export {
  StreamServerEndpointService,
  type StreamServerOptions,
} from "./stream-server-endpoint-service.ts";
export { ThreadPoolService, type ThreadPoolServiceOptions } from "./thread-pool-service.ts";
export { TimerService } from "./timer-service.ts";
