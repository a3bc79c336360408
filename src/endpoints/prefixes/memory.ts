import type { EndpointArguments } from "../endpoint-arguments.ts";
import type { EndpointSyntax } from "../endpoint-parser.ts";
import type { ClientEndpoint, ServerEndpoint } from "../endpoint.ts";
import { memoryAddress, MemoryClientEndpoint, MemoryServerEndpoint } from "../memory-endpoints.ts";
import { checkedName } from "./unix.ts";

/** `memory:NAME` */
export const memoryServer: EndpointSyntax<ServerEndpoint> = {
  parameters: ["name"],
  make: (given, reactor) => new MemoryServerEndpoint(reactor, nameOf(given)),
};

/** `memory:NAME` */
export const memoryClient: EndpointSyntax<ClientEndpoint> = {
  parameters: ["name"],
  make: (given, reactor) => new MemoryClientEndpoint(reactor, nameOf(given)),
};

function nameOf(given: EndpointArguments): string {
  return checkedName(given, "name", memoryAddress);
}
