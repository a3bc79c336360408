/** Endpoints from strings, of the prefixes that skein brings. docs/endpoints.md lists them. */
import type { Reactor } from "../reactor/capabilities.ts";
import { EndpointParser } from "./endpoint-parser.ts";
import type { ClientEndpoint, DatagramEndpoint, ServerEndpoint } from "./endpoint.ts";

const parser = new EndpointParser();

/**
 * Where to listen, from a string: an option of a daemon, a line of a configuration.
 *
 * ```ts
 * import { createReactor, Factory, Protocol, serverFromString } from "skein";
 *
 * const reactor = createReactor("clock");
 * for (const where of ["tcp:8080:interface=127.0.0.1", "unix:/run/tea.sock:mode=660"]) {
 *   serverFromString(reactor, where)
 *     .listen(Factory.forProtocol(Protocol))
 *     .addCallback((port) => console.log(port.getHost()));
 * }
 * await reactor.advance(0);
 * // → { type: 'TCP', host: '127.0.0.1', port: 8080 }
 * // → { type: 'UNIX', name: '/run/tea.sock' }
 * ```
 *
 * Nothing is opened or read before listen(). For prefixes of one's own, see {@link EndpointParser}.
 *
 * @throws EndpointStringError for a string that means nothing, NoCapabilityError for one that the
 *   reactor's backend cannot do.
 */
export function serverFromString(reactor: Reactor, string: string): ServerEndpoint {
  return parser.server(reactor, string);
}

/**
 * Where to connect to, from a string: `tcp:db.example:5432:timeout=5`. Nothing is opened, read or
 * looked up before connect().
 *
 * @throws as {@link serverFromString}
 */
export function clientFromString(reactor: Reactor, string: string): ClientEndpoint {
  return parser.client(reactor, string);
}

/**
 * Where to open a port for datagrams, from a string: `udp:5300:interface=127.0.0.1`.
 *
 * @throws as {@link serverFromString}
 */
export function datagramFromString(reactor: Reactor, string: string): DatagramEndpoint {
  return parser.datagram(reactor, string);
}
