/** For tests: the contract that backends keep, and stand-ins for peers and transports. */
export { type BoundCase, contractFor } from "./contract/contract.ts";
