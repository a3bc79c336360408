import type { AddressFamily } from "../../reactor/stream-driver.ts";
import type { EndpointArguments } from "../endpoint-arguments.ts";
import type { EndpointSyntax } from "../endpoint-parser.ts";
import type { ServerEndpoint } from "../endpoint.ts";
import {
  SystemdEndpoint,
  type SystemdEnvironment,
  type SystemdSocket,
} from "../systemd-endpoint.ts";

const FAMILIES: readonly AddressFamily[] = ["INET", "INET6", "UNIX"];
const INDEX_MAX = 999_999;

/**
 * `systemd:domain=INET:index=0`, `systemd:domain=INET:name=web`.
 *
 * @param environment where systemd says what it has handed over; that of this process unless given.
 */
export function systemdServer(
  environment?: SystemdEnvironment,
): EndpointSyntax<ServerEndpoint, "adopt"> {
  return {
    options: ["domain", "index", "name"],
    needs: ["adopt"],
    make: (given, reactor) =>
      new SystemdEndpoint(reactor, given.choice("domain", FAMILIES), socketOf(given), environment),
  };
}

function socketOf(given: EndpointArguments): SystemdSocket {
  if (!given.has("name")) {
    if (given.has("index")) return { index: given.integer("index", 0, INDEX_MAX) };
    throw given.error("index", 'which socket of "systemd" is missing: an index or a name');
  }
  if (!given.has("index")) return { name: given.text("name") };
  throw given.error(
    "index",
    'a socket of "systemd" is given by its index or its name, not by both',
  );
}
