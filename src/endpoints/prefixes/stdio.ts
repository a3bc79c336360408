import type { EndpointSyntax } from "../endpoint-parser.ts";
import { StdioEndpoint } from "../stdio-endpoint.ts";

/** `stdio:` */
export const stdio: EndpointSyntax<StdioEndpoint, "stdio"> = {
  needs: ["stdio"],
  make: (_given, reactor) => new StdioEndpoint(reactor),
};
