/** The capability "names", made from what a backend can do: look a name up. */
import { QueueFullError } from "../core/errors.ts";
import { isIP, isIPv4 } from "../core/ip-address.ts";
import type { Deferred } from "../defer/deferred.ts";
import { CancelledError, TimeoutError } from "../defer/errors.ts";
import { Failure } from "../defer/failure.ts";
import { fail, succeed } from "../defer/fired.ts";
import type { Loop } from "./backend.ts";
import { ReactorNotRunningError, UnknownHostError } from "./errors.ts";
import type {
  IPFamily,
  NameResolver,
  ReactorNames,
  ResolvedAddress,
  ResolveOptions,
} from "./names.ts";
import { Openings } from "./openings.ts";
import { assertTimeout } from "./stream-checks.ts";

const TIMEOUT_SECONDS = 30;
/** So many lookups may be under way at once. */
const UNDER_WAY_MAX = 10_000;

type Addresses = readonly ResolvedAddress[];

/** What a backend provides for names. */
export interface NameDriver {
  /**
   * Looks up a name, which is in small letters, without a dot at its end, and no IP address. Fires
   * with its addresses of one family, or of both; fails with UnknownHostError. Cancelling gives up.
   */
  lookup(name: string, family: IPFamily | undefined): Deferred<Addresses>;
}

/** The names of a reactor; its own resolver is the driver's. */
export class Names implements ReactorNames {
  readonly #loop: Loop;
  readonly #driver: NameDriver;
  readonly #underWay: Openings;
  #resolver: NameResolver = {
    resolve: (host, options) => this.#resolve(host, options),
  };
  /** While everything is disconnected: nothing new is begun. */
  #closing = false;

  constructor(loop: Loop, driver: NameDriver) {
    this.#loop = loop;
    this.#underWay = new Openings(loop);
    this.#driver = driver;
  }

  get nameResolver(): NameResolver {
    return this.#resolver;
  }

  installNameResolver(resolver: NameResolver): NameResolver {
    const before = this.#resolver;
    this.#resolver = resolver;
    return before;
  }

  /** Gives up all that is under way. */
  disconnectAll(): void {
    this.#closing = true;
    this.#underWay.cancelAll();
  }

  /** The run has ended: what comes now is for the next one. */
  reopen(): void {
    this.#closing = false;
  }

  #resolve(host: string, options: ResolveOptions = {}): Deferred<Addresses> {
    const { family, timeout = TIMEOUT_SECONDS } = options;
    assertTimeout(timeout);
    if (isIP(host)) return literal(host, family);
    const name = host.toLowerCase().replace(/\.$/, "");
    // No name in "invalid" ever means anything (RFC 6761); there is no need to ask.
    if (name === "" || /(?:^|\.)invalid$/.test(name)) return fail(unknownHost(host));
    if (this.#closing) return fail(new ReactorNotRunningError());
    if (this.#underWay.size >= UNDER_WAY_MAX) {
      return fail(new QueueFullError(`${UNDER_WAY_MAX} names are being looked up already`));
    }
    return this.#lookUp(name, family, timeout);
  }

  #lookUp(name: string, family: IPFamily | undefined, timeout: number): Deferred<Addresses> {
    const closed = this.#loop.opened("name lookup", () => name);
    const over = <R>(result: R): R => {
      closed();
      return result;
    };
    return this.#underWay
      .begin(() => this.#driver.lookup(name, family))
      .addCallbacks(over, (failure: Failure) => over(failure))
      .addTimeout(timeout, this.#loop, (result) => {
        if (!(result instanceof Failure)) return result;
        result.trap(CancelledError);
        throw new TimeoutError(`no answer about the host "${name}" in ${timeout} seconds`);
      });
  }
}

/** An address that needs no looking up. */
function literal(host: string, wanted: IPFamily | undefined): Deferred<Addresses> {
  const family = familyOf(host);
  if (wanted !== undefined && wanted !== family) return fail(unknownHost(host, wanted));
  return succeed([{ address: host, family, ttl: undefined }]);
}

export function familyOf(address: string): IPFamily {
  return isIPv4(address) ? 4 : 6;
}

/** The error for a name that has no address, of this family at least. */
export function unknownHost(
  host: string,
  family?: IPFamily,
  options?: ErrorOptions & { temporary?: boolean },
): UnknownHostError {
  const kind = family === undefined ? "address" : `IPv${family} address`;
  const why = options?.temporary === true ? "nobody can say at present" : "";
  const text = `no ${kind} is known for the host "${host}"`;
  return new UnknownHostError(why === "" ? text : `${text}: ${why}`, options);
}
