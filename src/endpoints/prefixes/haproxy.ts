import { proxied } from "../../protocols/proxy/proxied.ts";
import type { EndpointSyntax } from "../endpoint-parser.ts";
import type { ServerEndpoint } from "../endpoint.ts";

/** `haproxy:ENDPOINT`: whoever connects there is a proxy, and says whom it speaks for. */
export const haproxyServer: EndpointSyntax<ServerEndpoint> = {
  wraps: true,
  make: (given, reactor) => {
    const endpoint = given.wrapped;
    return { listen: (factory) => endpoint.listen(proxied(reactor, factory)) };
  },
};
