/** Endpoints: places to connect to, or to listen at, so that who does it need not know them. */
export { AdoptedServerEndpoint } from "./adopted-server-endpoint.ts";
export { connectProtocol } from "./connect-protocol.ts";
export { EndpointArguments, type EndpointShape } from "./endpoint-arguments.ts";
export { EndpointParser, type EndpointPrefix, type EndpointSyntax } from "./endpoint-parser.ts";
export { EndpointStringError } from "./endpoint-string-error.ts";
export type { ClientEndpoint, DatagramEndpoint, FactoryOf, ServerEndpoint } from "./endpoint.ts";
export * from "./errors.ts";
export { clientFromString, datagramFromString, serverFromString } from "./from-string.ts";
export { HostnameEndpoint, type HostnameOptions } from "./hostname-endpoint.ts";
export { MemoryClientEndpoint, MemoryServerEndpoint } from "./memory-endpoints.ts";
export { ProcessEndpoint, type ProcessEndpointOptions } from "./process-endpoint.ts";
export { systemdServer } from "./prefixes/systemd.ts";
export { quoteStringArgument } from "./quote-string-argument.ts";
export { SOCKS5ClientEndpoint, type SOCKS5EndpointOptions } from "./socks5-client-endpoint.ts";
export { StdioEndpoint } from "./stdio-endpoint.ts";
export {
  SystemdEndpoint,
  type SystemdEnvironment,
  type SystemdSocket,
} from "./systemd-endpoint.ts";
export { TCPClientEndpoint, TCPServerEndpoint } from "./tcp-endpoints.ts";
export { TLSClientEndpoint, TLSServerEndpoint } from "./tls-endpoints.ts";
export { UDPEndpoint } from "./udp-endpoint.ts";
export { UNIXClientEndpoint, UNIXServerEndpoint } from "./unix-endpoints.ts";
export { wrapClientTLS } from "./wrap-client-tls.ts";
export { wrapServerTLS } from "./wrap-server-tls.ts";
