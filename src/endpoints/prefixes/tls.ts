import type { TLSClientOptions } from "../../reactor/tls.ts";
import type { EndpointArguments } from "../endpoint-arguments.ts";
import type { EndpointSyntax } from "../endpoint-parser.ts";
import type { ClientEndpoint, ServerEndpoint } from "../endpoint.ts";
import { TLSClientEndpoint, TLSServerEndpoint } from "../tls-endpoints.ts";
import { wrapClientTLS } from "../wrap-client-tls.ts";
import { wrapServerTLS } from "../wrap-server-tls.ts";
import { defined } from "../../core/defined.ts";
import { CONNECT_OPTIONS, connectOptions, LISTEN_OPTIONS, listenOptions } from "./tcp.ts";

/**
 * `tls:PORT:privateKey=FILE:certKey=FILE`, or with `endpoint=` in place of a port, over that. The
 * files are read when it listens.
 */
export const tlsServer: EndpointSyntax<ServerEndpoint, "tls"> = {
  parameters: ["port"],
  options: ["privateKey", "certKey", "protocols", "endpoint", ...LISTEN_OPTIONS],
  needs: ["tls"],
  make: (given, reactor) => {
    const privateKey = given.text("privateKey");
    const certificate = given.ifGiven("certKey", (name) => given.text(name)) ?? privateKey;
    const tls = { privateKey, certificate, ...protocolsOf(given) };
    if (!given.has("endpoint")) {
      return new TLSServerEndpoint(reactor, given.port("port", 0), tls, listenOptions(given));
    }
    refuseBeside(given, ["port", ...LISTEN_OPTIONS]);
    return wrapServerTLS(reactor, tls, given.endpoint("endpoint"));
  },
};

/**
 * `tls:HOST:PORT`, or `tls:HOST:endpoint=…` over another endpoint. The files are read when it
 * connects.
 */
export const tlsClient: EndpointSyntax<ClientEndpoint, "tls" | "tcp"> = {
  parameters: ["host", "port"],
  options: [
    "trustRoots",
    "serverName",
    "privateKey",
    "certKey",
    "protocols",
    "endpoint",
    ...CONNECT_OPTIONS,
  ],
  needs: ["tls", "tcp"],
  make: (given, reactor) => {
    const host = given.text("host");
    const text = (name: string): string => given.text(name);
    const privateKey = given.ifGiven("privateKey", text);
    const certificate = given.ifGiven("certKey", text) ?? privateKey;
    if (privateKey === undefined && certificate !== undefined) {
      throw given.error("certKey", 'a "certKey" needs its "privateKey"');
    }
    const tls: TLSClientOptions = {
      serverName: given.ifGiven("serverName", text) ?? host,
      ...defined({ trustRoot: given.ifGiven("trustRoots", text), privateKey, certificate }),
      ...protocolsOf(given),
    };
    if (!given.has("endpoint")) {
      const port = given.port("port", 1);
      return new TLSClientEndpoint(reactor, host, port, tls, connectOptions(given));
    }
    // Twisted wants a port even so; it means nothing then.
    given.ifGiven("port", (name) => given.port(name, 1));
    refuseBeside(given, CONNECT_OPTIONS);
    return wrapClientTLS(tls, given.endpoint("endpoint"));
  },
};

/** Those to choose from by ALPN. */
function protocolsOf(given: EndpointArguments): { acceptableProtocols?: string[] } {
  if (!given.has("protocols")) return {};
  const acceptableProtocols = given.text("protocols").split(",");
  if (acceptableProtocols.every((name) => name.length > 0 && name.length < 256)) {
    return { acceptableProtocols };
  }
  throw given.error("protocols", "protocols are names of 1 to 255 characters, with commas between");
}

function refuseBeside(given: EndpointArguments, names: readonly string[]): void {
  for (const name of names) {
    if (!given.has(name)) continue;
    throw given.error(name, `beside "endpoint" there can be no "${name}": that says where`);
  }
}
