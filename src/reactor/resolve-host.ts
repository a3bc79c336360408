/** From a host, as it is given to connect to, to the addresses to try. */
import { isIP } from "../core/ip-address.ts";
import type { Deferred } from "../defer/deferred.ts";
import { succeed } from "../defer/fired.ts";
import { maybeDeferred } from "../defer/maybe-deferred.ts";
import { FailureGroup } from "../defer/race.ts";
import type { ReactorTime } from "./capabilities.ts";
import { ATTEMPT_DELAY_SECONDS, firstToConnect } from "./first-to-connect.ts";
import { familyOf, unknownHost } from "./name-lookups.ts";
import type { NameResolver, ResolvedAddress } from "./names.ts";

/**
 * The addresses to try, in their order: each once, and the families in turn, so that the loss of
 * one costs little. An address from which to connect leaves those of its family. Fails with
 * UnknownHostError when there are none, else as the resolver does.
 */
export function resolveHost(
  resolver: NameResolver,
  host: string,
  bindAddress?: string,
): Deferred<readonly string[]> {
  if (isIP(host)) return succeed([host]);
  const options =
    bindAddress !== undefined && isIP(bindAddress) ? { family: familyOf(bindAddress) } : {};
  // It may be anybody's, and throw.
  const resolved: Deferred<readonly ResolvedAddress[]> = maybeDeferred(() =>
    resolver.resolve(host, options),
  );
  return resolved.addCallback((found) => {
    const { family } = options;
    const usable = found
      .map(({ address }) => address)
      .filter((address) => isIP(address) && (family ?? familyOf(address)) === familyOf(address));
    if (usable.length === 0) throw unknownHost(host, family);
    return interleaved([...new Set(usable)]);
  });
}

/** The families in turn, that of the first address first; in each the order stays. */
function interleaved(addresses: readonly string[]): string[] {
  const first = familyOf(addresses[0] as string);
  const leading = addresses.filter((address) => familyOf(address) === first);
  const others = addresses.filter((address) => familyOf(address) !== first);
  return Array.from({ length: Math.max(leading.length, others.length) }, (_, i) => [
    ...leading.slice(i, i + 1),
    ...others.slice(i, i + 1),
  ]).flat();
}

/**
 * Dials the addresses behind a host, by {@link firstToConnect}; fails as the first of them did, as
 * the one that is meant before all others.
 */
export function dialHost<T>(
  clock: Pick<ReactorTime, "callLater">,
  resolver: NameResolver,
  host: string,
  bindAddress: string | undefined,
  dial: (address: string) => Deferred<T>,
): Deferred<T> {
  return resolveHost(resolver, host, bindAddress).addCallback((addresses) =>
    firstToConnect(
      clock,
      ATTEMPT_DELAY_SECONDS,
      addresses.map((address) => () => dial(address)),
    ).addErrback((failure) => {
      failure.trap(FailureGroup);
      return (failure.value as FailureGroup).failures[0] as never;
    }),
  );
}
