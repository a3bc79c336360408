import dns from "node:dns";
import { Deferred } from "../../../defer/deferred.ts";
import type { UnknownHostError } from "../../errors.ts";
import { type NameDriver, unknownHost } from "../../name-lookups.ts";
import type { IPFamily, ResolvedAddress } from "../../names.ts";

/** The codes that say that there is nothing; any other says that nobody knows. */
const NOTHING: ReadonlySet<string | undefined> = new Set(["ENOTFOUND", "ENODATA"]);

/**
 * Names as every program of the system sees them, by getaddrinfo: /etc/hosts, DNS, and whatever
 * else it is told to ask. It tells no TTLs. A lookup that is given up goes on in its thread, of
 * which there are four unless UV_THREADPOOL_SIZE says otherwise; what it finds is dropped.
 */
export class SystemNames implements NameDriver {
  lookup(name: string, family: IPFamily | undefined): Deferred<readonly ResolvedAddress[]> {
    const looked = new Deferred<readonly ResolvedAddress[]>();
    dns.lookup(name, { all: true, family: family ?? 0 }, (error, found) => {
      // Its result is swallowed when it was given up.
      if (error !== null) {
        looked.errback(lookupError(name, family, error));
        return;
      }
      looked.callback(
        found.map(({ address, family: of }) => ({
          address,
          family: of === 6 ? 6 : 4,
          ttl: undefined,
        })),
      );
    });
    return looked;
  }
}

export function lookupError(
  name: string,
  family: IPFamily | undefined,
  error: NodeJS.ErrnoException,
): UnknownHostError {
  return unknownHost(name, family, { cause: error, temporary: !NOTHING.has(error.code) });
}
