import { type Daemon, defineDaemon } from "../application/daemon.ts";
import type { Deferred } from "../defer/deferred.ts";
import { Factory } from "../protocols/factory.ts";
import { Echo } from "../protocols/wire/echo.ts";
import type { Reactor } from "../reactor/capabilities.ts";
import type { ListeningPort } from "../reactor/transport.ts";
import { sayListening } from "./listening.ts";

const OPTIONS = {
  host: { type: "string", default: "127.0.0.1", help: "the address to listen on" },
  port: { type: "integer", default: 7000, help: "the port to listen on" },
} as const;

const echo: Daemon<Reactor<"tcp">, typeof OPTIONS, Deferred<ListeningPort>> = defineDaemon({
  summary: "Sends back what it gets.",
  options: OPTIONS,
  build(reactor: Reactor<"tcp">, { host, port }) {
    const factory = Factory.forProtocol(Echo);
    return sayListening(reactor, "echo", reactor.listenTCP(port, factory, { interface: host }));
  },
});

export default echo;
