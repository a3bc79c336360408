/** What host names mean: resolvers, and what a reactor does with them. docs/names.md shows them. */
import type { Deferred } from "../defer/deferred.ts";

/** IPv4 or IPv6. */
export type IPFamily = 4 | 6;

/** One of the addresses behind a name. */
export interface ResolvedAddress {
  /** An IP address as text. */
  readonly address: string;
  readonly family: IPFamily;
  /** For how many seconds it may be kept; undefined where nobody says. */
  readonly ttl: number | undefined;
}

export interface ResolveOptions {
  /** Addresses of this family alone; of both unless given. */
  family?: IPFamily;
  /** Seconds until the question fails with TimeoutError; 30 unless given. */
  timeout?: number;
}

/** Somebody who knows the addresses behind names. */
export interface NameResolver {
  /**
   * Fires with the addresses behind `host`, at least one, those that are best tried first in front;
   * possibly before it returns. Fails with UnknownHostError, or TimeoutError. Cancelling gives up.
   */
  resolve(host: string, options?: ResolveOptions): Deferred<readonly ResolvedAddress[]>;
}

/** Names, for connectTCP and for everybody else. */
export interface ReactorNames {
  /** The resolver in use: the backend's own, until another is installed. */
  readonly nameResolver: NameResolver;
  /**
   * From now on `resolver` is asked: what is under way stays with the one before, which is
   * returned, to be wrapped or installed again. IP addresses are never asked about.
   */
  installNameResolver(resolver: NameResolver): NameResolver;
}

/** What is answered about a name of the simulated world. */
export interface SimulatedAnswer {
  /** IP addresses, those of both families; none unless given: the name is unknown. */
  readonly addresses?: readonly string[];
  /** For how many seconds they may be kept; 60 unless given. */
  readonly ttl?: number;
  /** Seconds until the answer comes; 0 unless given, and Infinity for never. */
  readonly delay?: number;
  /** True if nobody can say at present: an UnknownHostError that is `temporary`. */
  readonly failing?: boolean;
  /** The virtual time, in seconds, from which on this is the answer; 0 unless given. */
  readonly from?: number;
}

/** An address, several, one answer, or several that change with time. */
export type SimulatedName =
  string | readonly string[] | SimulatedAnswer | readonly SimulatedAnswer[];
