/** For tests: a client, a transport without a network, and the contract that backends keep. */
export type { ContractCertificates } from "./contract/certificates.ts";
export { type BoundCase, contractFor } from "./contract/contract.ts";
export { LineClient, NotHeardError } from "./line-client.ts";
export { StringTransport, type StringTransportOptions } from "./string-transport.ts";
