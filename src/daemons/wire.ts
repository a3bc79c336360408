import { type Daemon, defineDaemon } from "../application/daemon.ts";
import type { Deferred } from "../defer/deferred.ts";
import type { FirstError } from "../defer/deferred-list.ts";
import { gatherResults } from "../defer/gather-results.ts";
import { Factory } from "../protocols/factory.ts";
import type { Protocol } from "../protocols/protocol.ts";
import { Chargen, Daytime, Discard, Echo, QOTD, Time } from "../protocols/wire/index.ts";
import type { Reactor } from "../reactor/capabilities.ts";
import type { ListeningPort } from "../reactor/transport.ts";
import { wallSeconds } from "../reactor/wall-clock.ts";
import { sayListening } from "./listening.ts";

const OPTIONS = {
  host: { type: "string", default: "127.0.0.1", help: "the address to listen on" },
  offset: {
    type: "integer",
    default: 10_000,
    help: "what is added to the ports that they have: 7, 9, 13, 17, 19 and 37",
  },
  quote: {
    type: "string",
    default: "One thread, wound so that it never tangles.",
    help: "what qotd says",
  },
} as const;

const wire: Daemon<Reactor<"tcp">, typeof OPTIONS, Deferred<ListeningPort[]>> = defineDaemon({
  summary: "The small services of old: echo, discard, daytime, qotd, chargen, time.",
  options: OPTIONS,
  build(reactor: Reactor<"tcp">, { host, offset, quote }) {
    const now = (): Date => new Date(wallSeconds(reactor) * 1000);
    const services: [name: string, port: number, build: () => Protocol][] = [
      ["echo", 7, () => new Echo()],
      ["discard", 9, () => new Discard()],
      ["daytime", 13, () => new Daytime(now)],
      ["qotd", 17, () => new QOTD(() => quote)],
      ["chargen", 19, () => new Chargen()],
      ["time", 37, () => new Time(now)],
    ];
    const ports = services.map(([name, port, build]) =>
      sayListening(
        reactor,
        name,
        reactor.listenTCP(offset + port, Factory.from(build), { interface: host }),
      ),
    );
    // What the first that has failed says is enough.
    return gatherResults(ports, { consumeErrors: true }).addErrback(
      ({ value }) => (value as FirstError).subFailure,
    );
  },
});

export default wire;
