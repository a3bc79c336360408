import { assertUNIXName, UNIX_NAME_BYTES } from "../../reactor/unix-name.ts";
import type { EndpointArguments } from "../endpoint-arguments.ts";
import type { EndpointSyntax } from "../endpoint-parser.ts";
import type { ClientEndpoint, ServerEndpoint } from "../endpoint.ts";
import { UNIXClientEndpoint, UNIXServerEndpoint } from "../unix-endpoints.ts";
import { defined } from "../../core/defined.ts";
import { BACKLOG_MAX } from "./tcp.ts";

/** `unix:PATH` */
export const unixServer: EndpointSyntax<ServerEndpoint, "unix"> = {
  parameters: ["path"],
  options: ["mode", "backlog"],
  needs: ["unix"],
  make: (given, reactor) =>
    new UNIXServerEndpoint(
      reactor,
      pathOf(given),
      defined({
        mode: given.ifGiven("mode", (name) => given.mode(name)),
        backlog: given.ifGiven("backlog", (name) => given.integer(name, 1, BACKLOG_MAX)),
      }),
    ),
};

/** `unix:PATH` */
export const unixClient: EndpointSyntax<ClientEndpoint, "unix"> = {
  parameters: ["path"],
  options: ["timeout"],
  needs: ["unix"],
  make: (given, reactor) => {
    const timeout = given.ifGiven("timeout", (name) => given.seconds(name));
    return new UNIXClientEndpoint(reactor, pathOf(given), defined({ timeout }));
  },
};

function pathOf(given: EndpointArguments): string {
  return checkedName(given, "path", (path) => path);
}

/** A value that, as `nameFor` has it, is a name of a UNIX socket. */
export function checkedName(
  given: EndpointArguments,
  argument: string,
  nameFor: (text: string) => string,
): string {
  const text = given.text(argument);
  const name = nameFor(text);
  try {
    assertUNIXName(name);
    return text;
  } catch {
    const most = UNIX_NAME_BYTES - (name.length - text.length);
    throw given.error(argument, `the ${argument} must have at most ${most} bytes, and no NUL`);
  }
}
