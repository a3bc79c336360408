import type { EndpointSyntax } from "../endpoint-parser.ts";
import type { ClientEndpoint } from "../endpoint.ts";
import { ProcessEndpoint } from "../process-endpoint.ts";
import { defined } from "../../core/defined.ts";

/** `process:COMMAND:ARGUMENT:…` */
export const processClient: EndpointSyntax<ClientEndpoint, "process"> = {
  parameters: ["command", "…arguments"],
  options: ["cwd"],
  needs: ["process"],
  make: (given, reactor) => {
    const command = given.text("command");
    if ([command, ...given.rest].some((text) => text.includes("\0"))) {
      throw given.error("command", "a command and its arguments are without NUL");
    }
    const cwd = given.ifGiven("cwd", (name) => given.text(name));
    return new ProcessEndpoint(reactor, command, { args: given.rest, ...defined({ cwd }) });
  },
};
