import { type Daemon, defineDaemon } from "../application/daemon.ts";
import { BadOptionError } from "../core/errors.ts";
import type { Deferred } from "../defer/deferred.ts";
import { sameSecret } from "../protocols/same-secret.ts";
import { SOCKS5Factory } from "../protocols/socks/socks5-factory.ts";
import type { Reactor } from "../reactor/capabilities.ts";
import type { ListeningPort } from "../reactor/transport.ts";
import { sayListening } from "./listening.ts";

const OPTIONS = {
  host: { type: "string", default: "127.0.0.1", help: "the address to listen on" },
  port: { type: "integer", default: 1080, help: "the port to listen on" },
  user: { type: "string", default: "", help: "the name to come in by, with --password" },
  password: {
    type: "string",
    default: "",
    env: "SOCKS_PASSWORD",
    secret: true,
    help: "the password to come in by; without it all may",
  },
} as const;

const socks: Daemon<
  Reactor<"tcp" | "names">,
  typeof OPTIONS,
  Deferred<ListeningPort>
> = defineDaemon({
  summary: "A SOCKS5 proxy: connects its clients to wherever they want.",
  options: OPTIONS,
  build(reactor: Reactor<"tcp" | "names">, { host, port, user, password }) {
    if ((user === "") !== (password === "")) {
      throw new BadOptionError("--user and --password come together");
    }
    const authenticate = (name: string, word: string): boolean =>
      sameSecret(name, user) && sameSecret(word, password);
    const factory = new SOCKS5Factory(reactor, user === "" ? {} : { authenticate });
    return sayListening(reactor, "socks", reactor.listenTCP(port, factory, { interface: host }));
  },
});

export default socks;
