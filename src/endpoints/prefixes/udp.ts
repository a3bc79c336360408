import type { EndpointSyntax } from "../endpoint-parser.ts";
import type { DatagramEndpoint } from "../endpoint.ts";
import { UDPEndpoint } from "../udp-endpoint.ts";
import { defined } from "../../core/defined.ts";

/** `udp:PORT` */
export const udpDatagram: EndpointSyntax<DatagramEndpoint, "udp"> = {
  parameters: ["port"],
  options: ["interface", "maxPacketSize"],
  needs: ["udp"],
  make: (given, reactor) =>
    new UDPEndpoint(
      reactor,
      given.port("port", 0),
      defined({
        interface: given.ifGiven("interface", (name) => given.address(name)),
        maxPacketSize: given.ifGiven("maxPacketSize", (name) => given.integer(name, 0, 65_535)),
      }),
    ),
};
