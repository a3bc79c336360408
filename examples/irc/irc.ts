/**
 * The IRC server that skein brings (`reactor irc`), in a daemon of one's own: it has fewer options,
 * and a word for those who come. Its code is in src/daemons/irc.
 */
import { defineDaemon, type Reactor } from "skein";
import { irc } from "skein/daemons";

export default defineDaemon({
  summary: "An IRC server for tea drinkers.",
  options: { port: { type: "number", default: 6667, help: "the port to listen on" } },
  build: (reactor: Reactor<"tcp" | "unix">, { port }) =>
    irc(reactor, { port, name: "irc.tea", motd: "Tea is at four." }),
});
