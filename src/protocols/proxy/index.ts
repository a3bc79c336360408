/** The PROXY protocol: who it is that has connected, behind a proxy. */
export { announcing, proxyHeader, type ProxyHeaderOptions } from "./announcing.ts";
export { proxied, type ProxiedOptions, proxyHeaderOf } from "./proxied.ts";
export type { ProxyHeader, ProxySSL, ProxyTLV } from "./proxy-header.ts";
export { ProxyHeaderDecoder } from "./proxy-header-decoder.ts";
