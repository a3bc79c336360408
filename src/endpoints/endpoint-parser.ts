import type { Capability, Reactor } from "../reactor/capabilities.ts";
import { assertCapability } from "../reactor/internals.ts";
import type { ClientEndpoint, DatagramEndpoint, ServerEndpoint } from "./endpoint.ts";
import { EndpointArguments, type EndpointShape, quoted } from "./endpoint-arguments.ts";
import { EndpointStringError } from "./endpoint-string-error.ts";
import { nearest } from "./nearest.ts";
import { builtInPrefixes } from "./prefixes.ts";
import { type Located, located, prefixOf, startOf } from "./tokens.ts";

/** How a prefix is read, and what becomes of it. */
export interface EndpointSyntax<E, C extends Capability = never> extends EndpointShape {
  /** What the reactor must be capable of. */
  readonly needs?: readonly C[];
  /** Whether all that follows the prefix is an endpoint string: see `wrapped`. */
  readonly wraps?: boolean;
  /** Makes the endpoint. Nothing is opened or read yet. */
  make(given: EndpointArguments<E>, reactor: Reactor<C>): E;
}

/** What one prefix means, for each kind of endpoints that it is a prefix of. */
export interface EndpointPrefix {
  readonly server?: AnySyntax<ServerEndpoint>;
  readonly client?: AnySyntax<ClientEndpoint>;
  readonly datagram?: AnySyntax<DatagramEndpoint>;
}

// oxlint-disable-next-line no-explicit-any -- they differ in what they need of the reactor
type AnySyntax<E> = EndpointSyntax<E, any>;

type Kind = keyof EndpointPrefix;
interface EndpointOf {
  server: ServerEndpoint;
  client: ClientEndpoint;
  datagram: DatagramEndpoint;
}

/** Deeper than anybody means; every level costs stack. */
const DEPTH_MAX = 16;

const KINDS: Readonly<Record<Kind, string>> = {
  server: "servers",
  client: "clients",
  datagram: "datagrams",
};

/**
 * Reads endpoint strings, also those of prefixes of one's own: `name:values:option=value`.
 *
 * ```ts
 * import { createReactor, EndpointParser, Factory, Protocol, UNIXServerEndpoint } from "skein";
 *
 * const endpoints = new EndpointParser({
 *   // run:tea is the socket /run/tea.sock
 *   run: {
 *     server: {
 *       parameters: ["name"],
 *       options: ["mode"],
 *       needs: ["unix"],
 *       make: (given, reactor) =>
 *         new UNIXServerEndpoint(reactor, `/run/${given.text("name")}.sock`, {
 *           mode: given.ifGiven("mode", () => given.mode("mode")) ?? 0o600,
 *         }),
 *     },
 *   },
 * });
 * const reactor = createReactor("clock");
 * endpoints
 *   .server(reactor, "run:tea:mode=660")
 *   .listen(Factory.forProtocol(Protocol))
 *   .addCallback((port) => console.log(port.getHost()));
 * await reactor.advance(0);
 * // → { type: 'UNIX', name: '/run/tea.sock' }
 * ```
 *
 * It knows the prefixes of {@link serverFromString} too; one's own of the same name replaces one.
 * A parser never changes: give it to who reads strings.
 */
export class EndpointParser {
  readonly #prefixes: ReadonlyMap<string, EndpointPrefix>;

  constructor(prefixes: Readonly<Record<string, EndpointPrefix>> = {}) {
    this.#prefixes = new Map(Object.entries({ ...builtInPrefixes, ...prefixes }));
  }

  /**
   * @throws EndpointStringError for a string that means nothing, NoCapabilityError for one that the
   *   reactor's backend cannot do.
   */
  server(reactor: Reactor, string: string): ServerEndpoint {
    return this.#parse("server", reactor, string, located(string));
  }

  /** @throws as server */
  client(reactor: Reactor, string: string): ClientEndpoint {
    return this.#parse("client", reactor, string, located(string));
  }

  /** @throws as server */
  datagram(reactor: Reactor, string: string): DatagramEndpoint {
    return this.#parse("datagram", reactor, string, located(string));
  }

  #parse<K extends Kind>(
    kind: K,
    reactor: Reactor,
    whole: string,
    part: Located,
    depth = 0,
  ): EndpointOf[K] {
    const { prefix, rest } = prefixOf(part);
    if (depth > DEPTH_MAX) {
      const why = `endpoint strings nest at most ${DEPTH_MAX} deep`;
      throw new EndpointStringError(why, whole, startOf(prefix));
    }
    const syntax = this.#find(kind, whole, prefix);
    for (const capability of syntax.needs ?? []) {
      assertCapability(reactor, capability as Capability, `the endpoint "${prefix.text}:"`);
    }
    const parse = (inner: Located): EndpointOf[K] =>
      this.#parse(kind, reactor, whole, inner, depth + 1);
    const given = new EndpointArguments<EndpointOf[K]>(
      { whole, prefix, parse },
      rest,
      syntax.wraps === true ? undefined : syntax,
    );
    return syntax.make(given, reactor);
  }

  #find<K extends Kind>(kind: K, whole: string, prefix: Located): AnySyntax<EndpointOf[K]> {
    const found = this.#prefixes.get(prefix.text);
    const syntax = found?.[kind] as AnySyntax<EndpointOf[K]> | undefined;
    if (syntax !== undefined) return syntax;
    const known = [...this.#prefixes].flatMap(([name, kinds]) => (kinds[kind] ? [name] : []));
    const others = (Object.keys(KINDS) as Kind[]).filter((other) => found?.[other]);
    const near = found === undefined ? nearest(prefix.text, known) : undefined;
    // A port alone is what Twisted once took.
    const meant = kind === "server" && /^\d+$/.test(whole) ? `tcp:${whole}` : near;
    const guess = meant === undefined ? "." : `; did you mean "${meant}"?`;
    const what =
      prefix.text === ""
        ? "an endpoint string begins with its prefix."
        : others.length > 0
          ? `"${prefix.text}" is for ${others.map((one) => KINDS[one]).join(" and ")}.`
          : `there is no endpoint prefix ${quoted(prefix.text)}${guess}`;
    const list = `Those for ${KINDS[kind]} are: ${known.sort().join(", ")}`;
    throw new EndpointStringError(`${what} ${list}`, whole, startOf(prefix));
  }
}
