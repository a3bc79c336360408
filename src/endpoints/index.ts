/** Endpoints: places that connections can be made to, so that who connects need not know them. */
export type { ClientEndpoint, FactoryOf, ServerEndpoint } from "./endpoint.ts";
export { AllAddressesFailedError, ConnectingCancelledError } from "./errors.ts";
export { HostnameEndpoint, type HostnameOptions } from "./hostname-endpoint.ts";
export { SOCKS5ClientEndpoint, type SOCKS5EndpointOptions } from "./socks5-client-endpoint.ts";
