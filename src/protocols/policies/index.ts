/** Policies: factories around factories, to be put together as wanted. */
export { AccessFactory, type AddressPredicate, inNetworks } from "./access-factory.ts";
export { LimitConnectionsByPeer, type LimitByPeerOptions } from "./limit-connections-by-peer.ts";
export { LimitTotalConnectionsFactory, type OverflowOptions } from "./limit-total-connections.ts";
export { ProtocolWrapper } from "./protocol-wrapper.ts";
export { ResettableTimeout } from "./resettable-timeout.ts";
export { type Rates, ThrottlingFactory, type ThrottlingOptions } from "./throttling-factory.ts";
export { TimeoutFactory, type TimeoutOptions } from "./timeout-factory.ts";
export { TokenBucket, type TokenBucketOptions } from "./token-bucket.ts";
export { type TrafficEvent, TrafficLoggingFactory } from "./traffic-logging-factory.ts";
export { type AnyFactory, WrappingFactory } from "./wrapping-factory.ts";
