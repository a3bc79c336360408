import type { ConnectOptions, ListenOptions } from "../../reactor/capabilities.ts";
import type { EndpointArguments } from "../endpoint-arguments.ts";
import type { EndpointSyntax } from "../endpoint-parser.ts";
import type { ClientEndpoint, ServerEndpoint } from "../endpoint.ts";
import { TCPClientEndpoint, TCPServerEndpoint } from "../tcp-endpoints.ts";
import { defined } from "../../core/defined.ts";

/** What fits into the system's idea of a backlog. */
export const BACKLOG_MAX = 2_147_483_647;

export const LISTEN_OPTIONS: readonly string[] = ["interface", "backlog"];
export const CONNECT_OPTIONS: readonly string[] = ["timeout", "bindAddress"];

export function listenOptions(given: EndpointArguments): ListenOptions {
  return defined({
    interface: given.ifGiven("interface", (name) => given.address(name)),
    backlog: given.ifGiven("backlog", (name) => given.integer(name, 1, BACKLOG_MAX)),
  });
}

export function connectOptions(given: EndpointArguments): ConnectOptions {
  return defined({
    timeout: given.ifGiven("timeout", (name) => given.seconds(name)),
    bindAddress: given.ifGiven("bindAddress", (name) => given.address(name)),
  });
}

/** `tcp:PORT` */
export const tcpServer: EndpointSyntax<ServerEndpoint, "tcp"> = {
  parameters: ["port"],
  options: LISTEN_OPTIONS,
  needs: ["tcp"],
  make: (given, reactor) =>
    new TCPServerEndpoint(reactor, given.port("port", 0), listenOptions(given)),
};

/** `tcp6:PORT`: for both families, unless an interface says otherwise. */
export const tcp6Server: EndpointSyntax<ServerEndpoint, "tcp"> = {
  ...tcpServer,
  make: (given, reactor) =>
    new TCPServerEndpoint(reactor, given.port("port", 0), {
      interface: "::",
      ...listenOptions(given),
    }),
};

/** `tcp:HOST:PORT`; the host is a name or an address. */
export const tcpClient: EndpointSyntax<ClientEndpoint, "tcp"> = {
  parameters: ["host", "port"],
  options: CONNECT_OPTIONS,
  needs: ["tcp"],
  make: (given, reactor) => {
    const [host, port] = [given.text("host"), given.port("port", 1)];
    return new TCPClientEndpoint(reactor, host, port, connectOptions(given));
  },
};
