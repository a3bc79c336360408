import dns from "node:dns";
import { BadOptionError, messageOf } from "../../../core/errors.ts";
import { Deferred } from "../../../defer/deferred.ts";
import { familyOf, type NameDriver, unknownHost } from "../../name-lookups.ts";
import type { IPFamily, ResolvedAddress } from "../../names.ts";
import { addressesInHosts, HOSTS_FILE } from "./hosts-file.ts";
import { lookupError } from "./system-names.ts";

/** Names by the DNS protocol. */
export interface DNSOptions {
  /** The servers to ask, as `ADDRESS` or `ADDRESS:PORT`; those of the system unless given. */
  servers?: readonly string[];
  /** The file of names that come before those of the servers; the system's unless given. */
  hostsFile?: string;
  /** Seconds that a server has for its first answer; 5 unless given. */
  serverTimeout?: number;
  /** How many times each server is asked; 4 unless given. */
  tries?: number;
}

const LOOPBACK: readonly string[] = ["127.0.0.1", "::1"];

type Addresses = readonly ResolvedAddress[];

/** What one question has led to. */
interface Outcome {
  readonly found: Addresses;
  readonly error: NodeJS.ErrnoException | undefined;
}

/**
 * Names by asking the servers, which tell TTLs, after the system's hosts file. Names are complete:
 * the search list of resolv.conf is not used.
 */
export class DNSNames implements NameDriver {
  readonly #servers: readonly string[] | undefined;
  readonly #hostsFile: string;
  readonly #resolver: dns.ResolverOptions;

  /** @throws BadOptionError for servers, times and tries that cannot be. */
  constructor({ servers, hostsFile = HOSTS_FILE, serverTimeout = 5, tries = 4 }: DNSOptions) {
    this.#servers = servers;
    this.#hostsFile = hostsFile;
    this.#resolver = { timeout: serverTimeout * 1000, tries };
    try {
      this.#open();
    } catch (error) {
      throw new BadOptionError(`names cannot be asked about so: ${messageOf(error)}`);
    }
  }

  lookup(name: string, family: IPFamily | undefined): Deferred<Addresses> {
    // One of its own, since its cancel() ends all that it does.
    const resolver = this.#open();
    const looked = new Deferred<Addresses>(() => resolver.cancel());
    void addressesInHosts(this.#hostsFile, name).then((listed) => {
      if (looked.called) return;
      const local = listed.length === 0 && /(?:^|\.)localhost$/.test(name) ? LOOPBACK : listed;
      const known = local
        .map((address) => ({ address, family: familyOf(address), ttl: undefined }))
        .filter((found) => family === undefined || found.family === family);
      if (known.length > 0) looked.callback(known);
      else if (local.length > 0) looked.errback(unknownHost(name, family));
      else ask(resolver, name, family, looked);
    });
    return looked;
  }

  #open(): dns.Resolver {
    const resolver = new dns.Resolver(this.#resolver);
    if (this.#servers !== undefined) resolver.setServers(this.#servers);
    return resolver;
  }
}

/** Asks for each family at once; IPv6 comes first. */
function ask(
  resolver: dns.Resolver,
  name: string,
  family: IPFamily | undefined,
  looked: Deferred<Addresses>,
): void {
  const families: readonly IPFamily[] = family === undefined ? [6, 4] : [family];
  const outcomes: Outcome[] = [];
  let open = families.length;
  families.forEach((one, i) => {
    const answered = (error: NodeJS.ErrnoException | null, records: dns.RecordWithTtl[]): void => {
      const found = (records ?? []).map(({ address, ttl }) => ({ address, family: one, ttl }));
      outcomes[i] = { found, error: error ?? undefined };
      // When it was given up, each question has failed.
      if (--open === 0 && !looked.called) settle(looked, name, family, outcomes);
    };
    if (one === 4) resolver.resolve4(name, { ttl: true }, answered);
    else resolver.resolve6(name, { ttl: true }, answered);
  });
}

function settle(
  looked: Deferred<Addresses>,
  name: string,
  family: IPFamily | undefined,
  outcomes: readonly Outcome[],
): void {
  const found = outcomes.flatMap((outcome) => outcome.found);
  if (found.length > 0) {
    looked.callback(found);
    return;
  }
  // That nobody knows says more than that there is nothing of the other family.
  const errors = outcomes.flatMap(({ error }) =>
    error === undefined ? [] : [lookupError(name, family, error)],
  );
  const temporary = errors.find((error) => error.temporary);
  looked.errback(temporary ?? errors[0] ?? unknownHost(name, family));
}
