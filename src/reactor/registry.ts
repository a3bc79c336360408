/**
 * Making reactors: from a backend's name, or from any backend object.
 */
import type { AnyBackend, Backend, Driver } from "./backend.ts";
import type { Capability, Reactor } from "./capabilities.ts";
import { BackendFaultError, NoCapabilityError, UnknownBackendError } from "./errors.ts";
import { setInternals } from "./internals.ts";
import { BaseReactor, type ReactorOptions } from "./reactor.ts";

/** The methods of the known capabilities, so that a backend without one says what is missing. */
const METHODS: Readonly<Partial<Record<string, readonly string[]>>> = {
  tcp: ["listenTCP", "connectTCP"],
  tls: ["listenSSL", "connectSSL", "tlsProvider"],
  unix: ["listenUNIX", "connectUNIX"],
  adopt: ["adoptStreamPort"],
  udp: ["listenUDP"],
  multicast: ["listenMulticast"],
  names: ["nameResolver", "installNameResolver"],
  process: ["spawnProcess"],
  stdio: ["openStdio"],
  threads: ["startWorker"],
  clock: ["advance", "pump", "runUntilIdle"],
  guest: ["iterate", "nextTurn"],
  network: ["partition", "faultConnects", "resetConnections", "heal"],
};

/** Those that are no methods: asking for one is what can fail. */
const PROPERTIES: ReadonlySet<string> = new Set(["nameResolver", "tlsProvider"]);

/** Backends by name. */
export type BackendTable = Readonly<Record<string, AnyBackend>>;

type CapabilityOf<B extends AnyBackend> =
  B extends Backend<infer C extends Capability, infer _O> ? C : never;
type OptionsOf<B extends AnyBackend> = Parameters<B["open"]>[1];

/** The reactor that a backend makes. */
export type ReactorOn<B extends AnyBackend> = B extends AnyBackend
  ? Reactor<CapabilityOf<B>>
  : never;

/** createReactor for one set of known backends; see `createReactor` in skein/reactor. */
export interface CreateReactor<T extends BackendTable> {
  <N extends keyof T & string>(
    name: N,
    options?: ReactorOptions & OptionsOf<T[N]>,
  ): ReactorOn<T[N]>;
  <C extends Capability = never, O extends object = object>(
    backend: Backend<C, O>,
    // Only a backend whose options can all be left out does without them.
    ...options: {} extends O ? [options?: ReactorOptions & O] : [options: ReactorOptions & O]
  ): Reactor<C>;
}

export function reactorMaker<T extends BackendTable>(known: T): CreateReactor<T> {
  function createReactor(which: string | AnyBackend, options: ReactorOptions = {}): unknown {
    const backend = typeof which === "string" ? find(known, which) : which;
    let opened: Driver | undefined;
    const reactor = new BaseReactor(
      backend.name,
      (loop) => {
        const driver: Driver = backend.open(loop, options);
        opened = driver;
        return driver;
      },
      options,
    );
    const driver = opened as unknown as Driver;
    const providers = driver as unknown as Readonly<Record<string, object>>;
    for (const capability of backend.capabilities as readonly Capability[]) {
      attach(reactor, capability, providers[capability] ?? {});
    }
    refuseTheRest(reactor, backend, known);
    setInternals(reactor, {
      loop: reactor,
      driver,
      count: () => reactor.count(),
      wallSeconds: () => reactor.wallSeconds(),
      logErrors: (log) => {
        const before = reactor.logError;
        reactor.logError = log;
        return () => {
          if (reactor.logError === log) reactor.logError = before;
        };
      },
      capabilities: new Set(backend.capabilities as readonly string[]),
      backendsWith: (capability) => backendsWith(known, capability),
    });
    return reactor;
  }
  return createReactor as CreateReactor<T>;
}

function find(known: BackendTable, name: string): AnyBackend {
  const backend = Object.hasOwn(known, name) ? known[name] : undefined;
  if (backend !== undefined) return backend;
  throw new UnknownBackendError(
    `no backend is called "${name}"; there are: ${Object.keys(known).join(", ")}`,
  );
}

/** Makes the methods of a capability, and its properties, the reactor's. */
function attach(reactor: BaseReactor, capability: Capability, provider: object): void {
  const fault = (why: string): BackendFaultError =>
    new BackendFaultError(
      `backend "${reactor.backend}" claims the capability "${capability}", but ${why}`,
    );
  const names = METHODS[capability] ?? methodNames(provider);
  if (names.length === 0) throw fault("has no methods for it");
  for (const name of names) {
    const member: unknown = Reflect.get(provider, name);
    const isProperty = PROPERTIES.has(name);
    if (isProperty ? member === undefined : typeof member !== "function") {
      throw fault(`has no ${name}${isProperty ? "" : "()"}`);
    }
    if (name in reactor) throw fault(`its ${name}() would replace the reactor's own`);
    Object.defineProperty(
      reactor,
      name,
      typeof member === "function" && !isProperty
        ? { value: member.bind(provider) }
        : { get: (): unknown => Reflect.get(provider, name) },
    );
  }
}

/** Every method that a capability of a foreign backend has. */
function methodNames(provider: object): string[] {
  const names = new Set<string>();
  for (
    let owner: unknown = provider;
    typeof owner === "object" && owner !== null && owner !== Object.prototype;
    owner = Object.getPrototypeOf(owner)
  ) {
    for (const name of Object.getOwnPropertyNames(owner)) names.add(name);
  }
  names.delete("constructor");
  return [...names].filter((name) => typeof Reflect.get(provider, name) === "function");
}

function backendsWith(known: BackendTable, capability: string): string[] {
  return Object.values(known)
    .filter(({ capabilities }) => (capabilities as readonly string[]).includes(capability))
    .map(({ name }) => name);
}

/** For callers without types: a method that is missing says who has it. */
function refuseTheRest(reactor: BaseReactor, backend: AnyBackend, known: BackendTable): void {
  for (const [capability, names = []] of Object.entries(METHODS)) {
    if ((backend.capabilities as readonly string[]).includes(capability)) continue;
    const available = backendsWith(known, capability);
    for (const name of names) {
      const refuse = (): never => {
        const what = PROPERTIES.has(name) ? name : `${name}()`;
        throw new NoCapabilityError(what, backend.name, capability, available);
      };
      Object.defineProperty(
        reactor,
        name,
        PROPERTIES.has(name) ? { get: refuse } : { value: refuse },
      );
    }
  }
}
