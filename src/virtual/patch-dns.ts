/** node:dns, which asks the reactor's resolver. */
import dns from "node:dns";
import { isIP } from "../core/ip-address.ts";
import { UnknownHostError } from "../reactor/errors.ts";
import type { IPFamily, ResolvedAddress } from "../reactor/names.ts";
import { session } from "./active.ts";
import type { Patches } from "./patches.ts";
import type { Session } from "./session.ts";

type Method = (this: unknown, ...args: unknown[]) => unknown;
type Done = (error: Error | null, ...results: unknown[]) => void;

interface LookupOptions {
  readonly family?: number | string;
  readonly all?: boolean;
}

/** The kinds of records that a simulated world has none of. */
const UNKNOWN_KINDS = [
  "Any",
  "Caa",
  "Cname",
  "Mx",
  "Naptr",
  "Ns",
  "Ptr",
  "Soa",
  "Srv",
  "Tlsa",
  "Txt",
];

export function patchDNS(patches: Patches): void {
  patchLookup(patches);
  // Each answers with callbacks, or with promises; the classes are for one's own servers.
  for (const owner of [dns, dns.Resolver.prototype]) patchResolve(patches, owner, byCallback);
  const { promises } = dns;
  for (const owner of [promises, promises.Resolver.prototype])
    patchResolve(patches, owner, byPromise);
}

function patchLookup(patches: Patches): void {
  patches.method(dns, "lookup", (real: Method) => (name: unknown, ...rest: unknown[]) => {
    const active = session();
    const done = rest.at(-1);
    if (active === undefined || typeof name !== "string" || typeof done !== "function") {
      return real(name, ...rest);
    }
    const options = optionsOf(rest.length > 1 ? rest[0] : undefined);
    lookup(active, name, options).then(
      (found) => process.nextTick(() => answer(done as Done, options, found)),
      (error: unknown) => process.nextTick(done as Done, error),
    );
    return {};
  });
  patches.method(
    dns.promises,
    "lookup",
    (real: Method) => async (name: unknown, given?: unknown) => {
      const active = session();
      if (active === undefined || typeof name !== "string") return real(name, given);
      const options = optionsOf(given);
      const found = await lookup(active, name, options);
      return options.all === true ? found : found[0];
    },
  );
}

function answer(done: Done, { all }: LookupOptions, found: dns.LookupAddress[]): void {
  const [first] = found;
  if (all === true) done(null, found);
  else done(null, first?.address, first?.family);
}

async function lookup(
  active: Session,
  name: string,
  { family }: LookupOptions,
): Promise<dns.LookupAddress[]> {
  const wanted = familyOf(family);
  if (isIP(name)) return [{ address: name, family: name.includes(":") ? 6 : 4 }];
  const found = await ask(active, name, wanted, "getaddrinfo", "ENOTFOUND");
  return found.map(({ address, family: own }) => ({ address, family: own }));
}

/** How a function tells what it has found. */
type Tell = (args: unknown[], found: () => Promise<unknown>) => unknown;

const byPromise: Tell = (_args, found) => found();

const byCallback: Tell = (args, found) => {
  const done = args.at(-1) as Done;
  found().then(
    (result) => process.nextTick(done, null, result),
    (error: unknown) => process.nextTick(done, error),
  );
  return {};
};

function patchResolve(patches: Patches, owner: object, tell: Tell): void {
  const patch = (
    name: string,
    resolve: (active: Session, args: unknown[]) => Promise<unknown>,
  ): void => {
    patches.method(
      owner,
      name,
      (real: Method) =>
        function (this: unknown, ...args: unknown[]) {
          const active = session();
          const isCall =
            typeof args[0] === "string" &&
            (tell === byPromise || typeof args.at(-1) === "function");
          if (active === undefined || !isCall) return Reflect.apply(real, this, args);
          return tell(args, () => resolve(active, args));
        },
    );
  };
  patch("resolve4", (active, [name, options]) => addresses(active, name, 4, options));
  patch("resolve6", (active, [name, options]) => addresses(active, name, 6, options));
  patch("resolve", (active, [name, type]) => {
    if (type === "AAAA") return addresses(active, name, 6, undefined);
    if (typeof type !== "string" || type === "A") return addresses(active, name, 4, undefined);
    return nothing(`query${type[0]}${type.slice(1).toLowerCase()}`, "ENODATA", name);
  });
  for (const kind of UNKNOWN_KINDS) {
    patch(`resolve${kind}`, (_active, [name]) => nothing(`query${kind}`, "ENODATA", name));
  }
  patch("reverse", (_active, [address]) => nothing("getHostByAddr", "ENOTFOUND", address));
  patch("lookupService", (_active, [address]) => nothing("getnameinfo", "ENOTFOUND", address));
}

async function addresses(
  active: Session,
  name: unknown,
  family: IPFamily,
  options: unknown,
): Promise<unknown> {
  const syscall = family === 4 ? "queryA" : "queryAaaa";
  const found = await ask(active, name as string, family, syscall, "ENOTFOUND");
  const { ttl: withTTL } = (options ?? {}) as { ttl?: unknown };
  return found.map(({ address, ttl }) => (withTTL === true ? { address, ttl: ttl ?? 0 } : address));
}

async function ask(
  active: Session,
  name: string,
  family: IPFamily | undefined,
  syscall: string,
  code: string,
): Promise<readonly ResolvedAddress[]> {
  try {
    return await active.network.resolve(name, family === undefined ? {} : { family });
  } catch (cause) {
    const temporary = cause instanceof UnknownHostError && cause.temporary;
    throw dnsError(syscall, temporary ? "EAI_AGAIN" : code, name, cause);
  }
}

function nothing(syscall: string, code: string, name: unknown): Promise<never> {
  return Promise.reject(dnsError(syscall, code, String(name)));
}

/** As Node words it. */
function dnsError(syscall: string, code: string, hostname: string, cause?: unknown): Error {
  const error = new Error(`${syscall} ${code} ${hostname}`, { cause });
  return Object.assign(error, { code, syscall, hostname });
}

function optionsOf(options: unknown): LookupOptions {
  if (typeof options === "number") return { family: options };
  return typeof options === "object" && options !== null ? options : {};
}

function familyOf(family: number | string | undefined): IPFamily | undefined {
  const digit = /[46]$/.exec(String(family))?.[0];
  return digit === undefined ? undefined : (Number(digit) as IPFamily);
}
