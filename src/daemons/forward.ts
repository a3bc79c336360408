import { type Daemon, defineDaemon } from "../application/daemon.ts";
import type { Deferred } from "../defer/deferred.ts";
import type { ForwardEndpoint } from "../protocols/forward/port-forward.ts";
import { portForward } from "../protocols/forward/port-forward.ts";
import { clientFromString, serverFromString } from "../endpoints/from-string.ts";
import type { Reactor } from "../reactor/capabilities.ts";
import type { ListeningPort, StreamAddress } from "../reactor/transport.ts";
import { sayListening } from "./listening.ts";

const OPTIONS = {
  listen: {
    type: "string",
    default: "tcp:7000:interface=127.0.0.1",
    help: "where to listen: an endpoint",
  },
  to: { type: "string", required: true, help: "where to go on to: an endpoint, tcp:HOST:PORT" },
} as const;

const forward: Daemon<
  Reactor<"tcp">,
  typeof OPTIONS,
  Deferred<ListeningPort<StreamAddress>>
> = defineDaemon({
  summary: "Connects those who come in to somewhere else.",
  options: OPTIONS,
  build(reactor: Reactor<"tcp">, { listen, to }) {
    const factory = portForward(reactor, clientFromString(reactor, to) as ForwardEndpoint);
    return sayListening(reactor, "forward", serverFromString(reactor, listen).listen(factory));
  },
});

export default forward;
