/**
 * For tests: a client, transports without a network, results of Deferreds, and the contract that
 * backends keep. Tests with a reactor each are in skein/testing/mocha, /node and /vitest.
 */
export { type ConnectedPair, connectedServerAndClient, loopback, type Pump } from "./connected.ts";
export type { ContractCertificates } from "./contract/certificates.ts";
export { type BoundCase, contractFor } from "./contract/contract.ts";
export { LineClient, NotHeardError } from "./line-client.ts";
export { StringTransport, type StringTransportOptions } from "./string-transport.ts";
export * from "./kit/errors.ts";
export { assertNoResult, failureResultOf, successResultOf } from "./results.ts";
