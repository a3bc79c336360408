import { type Daemon, defineDaemon } from "../application/daemon.ts";
import type { Deferred } from "../defer/deferred.ts";
import { serveManhole } from "../protocols/manhole/serve-manhole.ts";
import type { Reactor } from "../reactor/capabilities.ts";
import type { ListeningPort, UNIXAddress } from "../reactor/transport.ts";
import { sayListening } from "./listening.ts";

const OPTIONS = {
  path: { type: "string", default: "reactor.manhole", help: "the UNIX socket: nc -U goes in" },
  maxSessions: { type: "integer", default: 5, help: "the most sessions at a time" },
} as const;

const manhole: Daemon<
  Reactor<"unix">,
  typeof OPTIONS,
  Deferred<ListeningPort<UNIXAddress>>
> = defineDaemon({
  summary: "A way into the running program, to look around.",
  options: OPTIONS,
  build(reactor: Reactor<"unix">, { path, maxSessions }) {
    const opening = serveManhole(reactor, { path, maxSessions, namespace: { reactor } });
    return sayListening(reactor, "manhole", opening);
  },
});

export default manhole;
