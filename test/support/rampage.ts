/** Runs of wild connections, of every kind, on one backend. */
import { isDeepStrictEqual } from "node:util";
import { SeededRandom } from "../../src/core/random.ts";
import type { CertificateSource, ListeningPort, Reactor, StreamAddress } from "skein/reactor";
import { type Ground, WildFactory, Wilderness } from "./wild.ts";

const STEPS = 60;
const KINDS = ["tcp", "tls", "starttls", "unix"] as const;

export type Streams = Reactor<"tcp" | "tls" | "unix">;

export interface Place {
  /** Its errors go to `onError`. */
  readonly open: (onError: (error: unknown) => void, random: SeededRandom) => Streams;
  /** For those that are not driven by hand. */
  readonly start?: (reactor: Streams) => void;
  /** Lets time pass. */
  readonly pass: (reactor: Streams, seconds: number) => Promise<void>;
  readonly certificate: CertificateSource;
  readonly trustRoot: string;
  /** Where ports listen. */
  readonly host: string;
  /** A name for a UNIX socket. */
  readonly name: (number: number) => string;
}

/** What was broken, left open, and reported or not reported against expectation. */
export interface Harm {
  readonly broken: readonly string[];
  readonly left: readonly string[];
  readonly unexpected: readonly unknown[];
}

export const unharmed: Harm = { broken: [], left: [], unexpected: [] };

export interface Outcome {
  readonly harm: Harm;
  /** What happened, in order. */
  readonly log: readonly string[];
}

export async function rampage(place: Place, seed: number): Promise<Outcome> {
  const random = new SeededRandom(seed);
  const wilderness = new Wilderness(random.split("deeds"));
  const errors: unknown[] = [];
  const reactor = place.open((error) => errors.push(error), random.split("place"));
  let over = false;
  reactor.addSystemEventTrigger("after", "shutdown", () => {
    over = true;
  });
  place.start?.(reactor);
  const until = async (what: string, seconds: number, condition: () => boolean): Promise<void> => {
    const deadline = reactor.seconds() + seconds;
    while (!condition() && reactor.seconds() < deadline) await place.pass(reactor, 0.02);
    if (!condition())
      wilderness.broken.push(`in ${seconds} seconds it never came to this: ${what}`);
  };

  const factories: WildFactory[] = [];
  for (const [number, kind] of KINDS.entries()) {
    const [server, client] = await connect(place, reactor, wilderness, kind, number);
    factories.push(server, client);
  }
  const steps = random.split("steps");
  const length = steps.below(STEPS);
  for (let step = 0; step < length; step++) {
    for (const end of wilderness.ends) if (end.lost === 0 && end.made) end.protocol.act();
    for (const factory of factories) factory.act();
    await place.pass(reactor, steps.below(10) / 1000);
  }

  const orderly = steps.chance(0.5);
  if (orderly) {
    wilderness.calm = true;
    for (const end of wilderness.ends) {
      end.closed = true;
      if (end.made) end.protocol.transport.loseConnection();
    }
    for (const { connector } of factories) connector?.stopConnecting();
    await until("all is closed", 8, () =>
      wilderness.ends.every(({ made, lost }) => !made || lost === 1),
    );
    await until("no account is kept of what is closed", 4, () =>
      reactor.inspect().every(({ kind }) => kind === "port"),
    );
  }
  wilderness.stopping = true;
  reactor.stop();
  await until("it has stopped", 8, () => over);
  wilderness.calm = true;
  for (const end of wilderness.ends) {
    if (end.made && end.lost !== 1) end.wrong(`was lost ${end.lost} times`);
  }
  for (const { started } of factories) {
    if (started !== 0) wilderness.broken.push(`a factory was started ${started} times too often`);
  }
  if (wilderness.waiting > 0) wilderness.broken.push(`${wilderness.waiting} wait for ever`);
  const { thrown, broken, log } = wilderness;
  const harm: Harm = {
    broken,
    left: reactor.inspect().map(({ kind, description }) => `${kind}: ${description}`),
    unexpected: [
      ...errors.filter((error) => !thrown.includes(error)),
      ...thrown.filter((error) => errors.filter((reported) => reported === error).length !== 1),
    ],
  };
  return { harm, log };
}

/** Runs with `count` seeds, some of them at the same time; those that did harm, by their seeds. */
export async function rampages(
  open: () => Place,
  first: number,
  count: number,
  together = 1,
): Promise<ReadonlyMap<number, Harm>> {
  const harmful = new Map<number, Harm>();
  let next = first;
  const some = async (): Promise<void> => {
    while (next < first + count) {
      const seed = next++;
      const { harm } = await rampage(open(), seed);
      if (!isDeepStrictEqual(harm, unharmed)) harmful.set(seed, harm);
    }
  };
  await Promise.all(Array.from({ length: together }, some));
  return harmful;
}

async function connect(
  place: Place,
  reactor: Streams,
  wilderness: Wilderness,
  kind: (typeof KINDS)[number],
  number: number,
): Promise<[WildFactory, WildFactory]> {
  const client = { trustRoot: place.trustRoot, serverName: "tea.example" };
  const ground: Ground = {
    wilderness,
    name: kind,
    pairs: new Map(),
    startTLS: kind === "starttls" ? { server: place.certificate, client } : undefined,
  };
  const servers = new WildFactory(ground, "server");
  const clients = new WildFactory(ground, "client");
  const opening: { port?: ListeningPort<StreamAddress> } = {};
  const opened = (listening: ListeningPort<StreamAddress>): void => void (opening.port = listening);
  if (kind === "unix") reactor.listenUNIX(place.name(number), servers).addCallback(opened);
  else if (kind === "tcp" || kind === "starttls") {
    reactor.listenTCP(0, servers, { interface: place.host }).addCallback(opened);
  } else {
    reactor.listenSSL(0, servers, place.certificate, { interface: place.host }).addCallback(opened);
  }
  while (opening.port === undefined) await place.pass(reactor, 0.001);
  servers.port = opening.port;
  const address = opening.port.getHost();
  clients.connector =
    address.type === "UNIX"
      ? reactor.connectUNIX(address.name, clients)
      : kind === "tls"
        ? reactor.connectSSL(place.host, address.port, clients, client)
        : reactor.connectTCP(place.host, address.port, clients);
  return [servers, clients];
}
