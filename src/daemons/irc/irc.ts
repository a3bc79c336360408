/**
 * An IRC server, for any client: `ii`, irssi, WeeChat. It is one server, which forgets everything
 * when it stops.
 *
 * irc.ts puts it on a reactor; server.ts is what the connections share, user.ts one connection,
 * channel.ts a channel; commands.ts and modes.ts are what can be said, numerics.ts the answers.
 * Messages themselves are of `IRCReceiver`.
 */
import { type Daemon, defineDaemon } from "../../application/daemon.ts";
import { assertSeconds } from "../../application/service.ts";
import type { Deferred } from "../../defer/deferred.ts";
import { logger } from "../../log/logger.ts";
import { serveManhole } from "../../protocols/manhole/serve-manhole.ts";
import type { Reactor } from "../../reactor/capabilities.ts";
import type { ListeningPort } from "../../reactor/transport.ts";
import { sayListening } from "../listening.ts";
import { Server } from "./server.ts";

const OPTIONS = {
  host: { type: "string", default: "127.0.0.1", help: "the address to listen on" },
  port: { type: "integer", default: 6667, help: "the port to listen on" },
  name: { type: "string", default: "irc.skein", help: "what the server calls itself" },
  motd: { type: "string", default: "Welcome.", help: "the message of the day" },
  pingSeconds: { type: "number", default: 120, help: "ask who is silent for so long" },
  registerSeconds: { type: "number", default: 30, help: "drop who has not said who they are" },
  floodBurst: { type: "number", default: 10, help: "so many messages may come at once" },
  floodSeconds: { type: "number", default: 1, help: "then one in so many seconds" },
  maxUsers: { type: "integer", default: 1000, help: "the most connections" },
  manhole: { type: "string", default: "", help: "a UNIX socket to look into the daemon by" },
} as const;

const irc: Daemon<Reactor<"tcp" | "unix">, typeof OPTIONS, Deferred<ListeningPort>> = defineDaemon({
  summary: "An IRC server.",
  options: OPTIONS,
  build(reactor: Reactor<"tcp" | "unix">, { host, port, manhole, ...options }) {
    for (const name of ["pingSeconds", "registerSeconds", "floodSeconds"] as const) {
      assertSeconds(name, options[name]);
    }
    const server = new Server(reactor, options);
    reactor.addSystemEventTrigger("before", "shutdown", () => server.farewell());
    const opening = reactor.listenTCP(port, server, { interface: host });
    return sayListening(reactor, "irc", opening).addCallback((listening) => {
      if (manhole === "") return listening;
      return serveManhole(reactor, { path: manhole, namespace: { server, reactor } }).addCallbacks(
        () => {
          logger(reactor).info(`irc: look into it with: nc -U ${manhole}`);
          return listening;
        },
        (failure) => listening.stopListening().addCallback(() => failure),
      );
    });
  },
});

export default irc;
