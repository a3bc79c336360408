/**
 * A chat for `nc`: your first line is your name, every later one goes to all the others. The one in
 * examples/chat does more.
 */
import { type Daemon, defineDaemon } from "../application/daemon.ts";
import { assertSeconds } from "../application/service.ts";
import type { Deferred } from "../defer/deferred.ts";
import { type Logger, logger } from "../log/logger.ts";
import { Factory } from "../protocols/factory.ts";
import { LineReceiver } from "../protocols/line-receiver.ts";
import { LimitTotalConnectionsFactory } from "../protocols/policies/limit-total-connections.ts";
import type { DelayedCall, Reactor } from "../reactor/capabilities.ts";
import { peerOf } from "../reactor/end-of.ts";
import type { ListeningPort } from "../reactor/transport.ts";
import { sayListening } from "./listening.ts";

/** A listener that is this far behind is dropped, so that it costs the others nothing. */
const UNSENT_MAX_BYTES = 256 * 1024;

const OPTIONS = {
  host: { type: "string", default: "127.0.0.1", help: "the address to listen on" },
  port: { type: "integer", default: 7000, help: "the port to listen on" },
  idleSeconds: { type: "number", default: 600, help: "drop who says nothing for so long" },
  maxPeople: { type: "integer", default: 1000, help: "the most connections" },
} as const;

/** What the connections share. */
interface Room {
  readonly reactor: Reactor;
  readonly idleSeconds: number;
  readonly people: Map<string, Chatter>;
}

class Chatter extends LineReceiver {
  override delimiter = "\n";
  override maxLength = 1024;
  readonly #room: Room;
  #name: string | undefined = undefined;
  #idle: DelayedCall | undefined = undefined;
  #log: Logger;

  constructor(room: Room) {
    super();
    this.#room = room;
    this.#log = logger(room.reactor);
  }

  override connectionMade(): void {
    const { reactor, idleSeconds } = this.#room;
    this.#log = this.#log.child({ peer: peerOf(this.transport) });
    this.transport.maxBufferedBytes = UNSENT_MAX_BYTES;
    this.#idle = reactor.callLater(idleSeconds, () => this.#leave("you were idle for too long"));
    this.sendLine("* what is your name?");
  }

  override lineReceived(received: string): void {
    const line = received.trim();
    this.#idle?.reset(this.#room.idleSeconds);
    if (this.#name === undefined) this.#introduce(line);
    else if (line === "/quit") this.#leave("goodbye");
    else if (line !== "") this.#tell(`<${this.#name}> ${line}`);
  }

  override lineLengthExceeded(): void {
    this.sendLine(`* that line is too long: ${this.maxLength} bytes at most`);
    super.lineLengthExceeded();
  }

  override connectionLost(): void {
    if (this.#idle?.active === true) this.#idle.cancel();
    if (this.#name === undefined) return;
    this.#room.people.delete(this.#name);
    this.#log.info("leaves");
    this.#tell(`* ${this.#name} leaves`);
  }

  #introduce(name: string): void {
    const { people } = this.#room;
    if (!/^\w{1,16}$/.test(name)) {
      this.sendLine("* a name is 1 to 16 letters, digits and _; what is yours?");
    } else if (people.has(name)) {
      this.sendLine(`* ${name} is here already; what is your name?`);
    } else {
      this.#name = name;
      this.#log = this.#log.child({ name });
      this.#log.info("joins");
      people.set(name, this);
      this.#tell(`* ${name} joins`);
      this.sendLine(`* hello ${name}! here: ${[...people.keys()].join(", ")}; /quit leaves`);
    }
  }

  #tell(line: string): void {
    for (const other of this.#room.people.values()) {
      if (other !== this) other.sendLine(line);
    }
  }

  #leave(why: string): void {
    this.sendLine(`* ${why}`);
    this.transport.loseConnection();
  }
}

const chat: Daemon<Reactor<"tcp">, typeof OPTIONS, Deferred<ListeningPort>> = defineDaemon({
  summary: "A chat for nc: your first line is your name.",
  options: OPTIONS,
  build(reactor: Reactor<"tcp">, { host, port, idleSeconds, maxPeople }) {
    assertSeconds("idleSeconds", idleSeconds);
    const room: Room = { reactor, idleSeconds, people: new Map() };
    const factory = new LimitTotalConnectionsFactory(
      Factory.from(() => new Chatter(room)),
      maxPeople,
    );
    return sayListening(reactor, "chat", reactor.listenTCP(port, factory, { interface: host }));
  },
});

export default chat;
