/** SOCKS5: connections by way of a proxy. The client's side is in skein/endpoints. */
export { SOCKS5Factory, type SOCKS5Options, type SOCKS5Target } from "./socks5-factory.ts";
export type { SOCKS5Credentials } from "./socks5-client.ts";
