import type { Deferred } from "../../defer/deferred.ts";
import type { Failure } from "../../defer/failure.ts";
import { ClientFactory, type Factory } from "../../protocols/factory.ts";
import { Protocol } from "../../protocols/protocol.ts";
import type { Connector, ListeningPort } from "../../reactor/transport.ts";
import type { World } from "./world.ts";

const HOST = "127.0.0.1";

/** A protocol that logs its life, and remembers what it received. */
export class Probe extends Protocol {
  /** The calls it got, without the data, whose pieces mean nothing: `made`, `lost REASON`, … */
  readonly life: string[] = [];
  received = "";
  reason: Failure | undefined;
  /** What to do in each of its calls. */
  onMade: (probe: Probe) => void = () => {};
  onData: (probe: Probe, text: string) => void = () => {};
  onLost: (probe: Probe) => void = () => {};
  /** A probe supports half-close from {@link halfCloseable} on. */
  readConnectionLost?: () => void;
  writeConnectionLost?: () => void;
  /** What to do in these. */
  onReadLost: (probe: Probe) => void = () => {};
  onWriteLost: (probe: Probe) => void = () => {};
  readonly #decode = new TextDecoder();

  get lost(): boolean {
    return this.reason !== undefined;
  }

  halfCloseable(): void {
    this.readConnectionLost = () => {
      this.life.push("read lost");
      this.onReadLost(this);
    };
    this.writeConnectionLost = () => {
      this.life.push("write lost");
      this.onWriteLost(this);
    };
  }

  override connectionMade(): void {
    this.life.push("made");
    this.onMade(this);
  }

  override handshakeCompleted(): void {
    this.life.push("secured");
  }

  override dataReceived(data: Uint8Array): void {
    const text = this.#decode.decode(data, { stream: true });
    this.received += text;
    if (this.life.at(-1) !== "data") this.life.push("data");
    this.onData(this, text);
  }

  override connectionLost(reason: Failure): void {
    this.life.push(`lost ${(reason.value as Error).name}`);
    this.reason = reason;
    this.onLost(this);
  }
}

/** A factory of probes, as a server's or a client's, that remembers them and how it fared. */
export class ProbeFactory extends ClientFactory<Probe> {
  readonly probes: Probe[] = [];
  readonly events: string[] = [];
  connector: Connector | undefined;
  failure: Failure | undefined;
  /** Prepares each new probe. */
  readonly #prepare: (probe: Probe) => void;

  constructor(prepare: (probe: Probe) => void = () => {}) {
    super();
    this.#prepare = prepare;
  }

  override buildProtocol(): Probe | null {
    const probe = new Probe();
    this.probes.push(probe);
    this.#prepare(probe);
    return probe;
  }

  override startFactory(): void {
    this.events.push("start");
  }

  override stopFactory(): void {
    this.events.push("stop");
  }

  override startedConnecting(connector: Connector): void {
    this.connector = connector;
    this.events.push("connecting");
  }

  override clientConnectionFailed(_connector: Connector, reason: Failure): void {
    this.failure = reason;
    this.events.push(`failed ${(reason.value as Error).name}`);
  }

  override clientConnectionLost(_connector: Connector, reason: Failure): void {
    this.events.push(`lost ${(reason.value as Error).name}`);
  }
}

/** A port with `server`'s protocols behind it. */
export async function listen(world: World<"tcp">, server: Factory): Promise<ListeningPort> {
  let port: ListeningPort | undefined;
  listening(world, server).addCallback((opened) => (port = opened));
  await world.until("it listens", () => port !== undefined);
  return port as ListeningPort;
}

export function listening(world: World<"tcp">, server: Factory, port = 0): Deferred<ListeningPort> {
  return world.reactor.listenTCP(port, server, { interface: HOST });
}

export function connect(world: World<"tcp">, port: number, factory: ClientFactory): Connector {
  return world.reactor.connectTCP(HOST, port, factory);
}

/** The two ends of a connection, both of which are made. */
export async function connected(
  world: World<"tcp">,
  prepareServer: (probe: Probe) => void = () => {},
  prepareClient: (probe: Probe) => void = () => {},
): Promise<{ server: Probe; client: Probe; port: ListeningPort }> {
  const servers = new ProbeFactory(prepareServer);
  const clients = new ProbeFactory(prepareClient);
  const port = await listen(world, servers);
  connect(world, port.getHost().port, clients);
  await world.until(
    "both ends are made",
    () => clients.probes.length === 1 && servers.probes.length === 1,
  );
  const [server, client] = [servers.probes[0] as Probe, clients.probes[0] as Probe];
  for (const { life } of [server, client]) world.watch(life);
  return { server, client, port };
}
