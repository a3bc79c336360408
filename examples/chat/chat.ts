/**
 * A chat for `nc`: the first line you send is your name, every later line goes to all the others.
 *
 * It shows how a daemon is written: a protocol holds one connection, a factory what the connections
 * share, `defineDaemon` puts them on a reactor. Nothing here knows which backend it runs on.
 *
 * Two options show libraries of npm's on the same reactor: `--history redis://127.0.0.1` keeps the
 * last lines in Redis (history.ts), `--status-port 8080` serves a page about the chat (status.ts).
 */
import {
  type DelayedCall,
  defineDaemon,
  deferToThread,
  Factory,
  type Failure,
  LineReceiver,
  LoopingCall,
  type Reactor,
  worker,
} from "skein";
import { addressComplaint, History } from "./history.ts";
import { type Status, serveStatus } from "./status.ts";

const hashing = worker<typeof import("./hash.ts")>(new URL("./hash.ts", import.meta.url));

/** A listener that is this far behind is dropped, so that it costs the others nothing. */
const UNSENT_MAX_BYTES = 256 * 1024;

/** What newcomers are told of what was said before. */
const EARLIER_LINES = 10;

const HELP = "* /who, /msg NAME TEXT, /hash TEXT, /quit";

/** One connection: somebody who chats, or has not said their name yet. */
class Chatter extends LineReceiver {
  override delimiter = "\n";
  override maxLength = 1024;
  readonly room: Room;
  name: string | undefined;
  idle: DelayedCall | undefined;

  constructor(room: Room) {
    super();
    this.room = room;
  }

  override connectionMade(): void {
    const { reactor, idleSeconds } = this.room;
    this.transport.maxBufferedBytes = UNSENT_MAX_BYTES;
    this.idle = reactor.callLater(idleSeconds, () => this.leave("you were idle for too long"));
    this.sendLine("* welcome! what is your name?");
  }

  override lineReceived(received: string): void {
    const line = received.trim(); // telnet ends its lines with \r\n
    this.idle?.reset(this.room.idleSeconds);
    if (this.name === undefined) this.introduce(line);
    else if (line.startsWith("/")) this.command(line);
    else if (line !== "") this.room.say(`<${this.name}> ${line}`, this);
  }

  override lineLengthExceeded(): void {
    this.sendLine(`* that line is too long: ${this.maxLength} bytes at most`);
    super.lineLengthExceeded();
  }

  override connectionLost(_reason: Failure): void {
    if (this.idle?.active) this.idle.cancel();
    if (this.name !== undefined) this.room.leave(this.name);
  }

  introduce(name: string): void {
    if (!/^\w{1,16}$/.test(name)) {
      this.sendLine("* a name is 1 to 16 letters, digits and _; what is yours?");
    } else if (!this.room.join(name, this)) {
      this.sendLine(`* ${name} is here already; what is your name?`);
    } else {
      this.name = name;
      this.sendLine(`* hello ${name}! here: ${this.room.names()}`);
      this.sendLine(HELP);
      for (const line of this.room.earlier()) this.sendLine(`* earlier: ${line}`);
    }
  }

  command(line: string): void {
    const [verb, ...words] = line.split(" ");
    const text = words.join(" ");
    switch (verb) {
      case "/who":
        this.sendLine(`* here: ${this.room.names()}`);
        break;
      case "/msg":
        this.whisper(words[0] ?? "", words.slice(1).join(" "));
        break;
      case "/hash":
        this.hash(text);
        break;
      case "/quit":
        this.leave("goodbye");
        break;
      default:
        this.sendLine(HELP);
    }
  }

  whisper(name: string, text: string): void {
    const other = this.room.find(name);
    if (other === undefined) this.sendLine(name === "" ? HELP : `* ${name} is not here`);
    else other.sendLine(`[${this.name}] ${text}`);
  }

  /** The work is done in a thread; meanwhile everybody chats on. */
  hash(text: string): void {
    deferToThread(this.room.reactor, hashing.sha256, text)
      .addCallback((digest) => this.sendLine(`* sha256 ${digest}`))
      .addErrback((failure) =>
        this.sendLine(`* no hash: ${failure.message.replaceAll("\n", " ")}`),
      );
  }

  leave(why: string): void {
    this.sendLine(`* ${why}`);
    this.transport.loseConnection();
  }
}

/** What the connections share. */
class Room extends Factory {
  readonly reactor: Reactor<"threads">;
  readonly idleSeconds: number;
  readonly #history: History | undefined;
  readonly #openedAt: number;
  readonly #chatters = new Map<string, Chatter>();

  constructor(reactor: Reactor<"threads">, idleSeconds: number, history?: History) {
    super();
    this.reactor = reactor;
    this.idleSeconds = idleSeconds;
    this.#history = history;
    this.#openedAt = reactor.seconds();
  }

  override buildProtocol(): Chatter {
    return new Chatter(this);
  }

  join(name: string, chatter: Chatter): boolean {
    if (this.#chatters.has(name)) return false;
    this.tell(`* ${name} joins`);
    this.#chatters.set(name, chatter);
    return true;
  }

  leave(name: string): void {
    this.#chatters.delete(name);
    this.tell(`* ${name} leaves`);
  }

  find(name: string): Chatter | undefined {
    return this.#chatters.get(name);
  }

  names(): string {
    return [...this.#chatters.keys()].join(", ");
  }

  /** What somebody says goes to all the others, and into the history. */
  say(line: string, speaker: Chatter): void {
    this.tell(line, speaker);
    this.#history?.add(line);
  }

  earlier(): readonly string[] {
    return this.#history?.last(EARLIER_LINES) ?? [];
  }

  status(): Status {
    return {
      people: this.#chatters.size,
      upSeconds: Math.floor(this.reactor.seconds() - this.#openedAt),
      lines: this.earlier(),
      unsaved: this.#history?.unsaved ?? null,
    };
  }

  tell(line: string, except?: Chatter): void {
    for (const chatter of this.#chatters.values()) {
      if (chatter !== except) chatter.sendLine(line);
    }
  }

  heartbeat(): void {
    const minutes = Math.floor(this.reactor.seconds() / 60);
    this.tell(`* minute ${minutes}: ${this.#chatters.size} here`);
  }
}

export default defineDaemon({
  summary: "A chat for nc: your first line is your name.",
  options: {
    host: { type: "string", default: "127.0.0.1", help: "the address to listen on" },
    port: { type: "number", default: 7000, help: "the port to listen on" },
    idleSeconds: { type: "number", default: 600, help: "drop who says nothing for so long" },
    heartbeatSeconds: { type: "number", default: 60, help: "tell the time this often" },
    history: {
      type: "string",
      default: "",
      help: "keep the last lines there: redis://HOST:PORT",
      check: (url) => (url === "" ? undefined : addressComplaint(url)),
    },
    statusPort: { type: "number", default: -1, help: "serve a page about it there; -1: none" },
  },
  build(reactor: Reactor<"tcp" | "threads">, options) {
    const { host, statusPort } = options;
    const history = options.history === "" ? undefined : new History(reactor, options.history);
    const room = new Room(reactor, options.idleSeconds, history);
    const heartbeat = new LoopingCall(reactor, () => room.heartbeat());
    reactor.addSystemEventTrigger("before", "shutdown", () => room.tell("* the chat closes"));
    reactor.addSystemEventTrigger("before", "shutdown", () => history?.close());

    return reactor
      .listenTCP(options.port, room, { interface: host })
      .addCallback((port) => {
        const { host: here, port: number } = port.getHost();
        console.log(`chat: listening on ${here}:${number}; talk to it with: nc ${here} ${number}`);
        if (statusPort < 0) return port;
        return serveStatus(reactor, statusPort, host, () => room.status()).addCallbacks(
          (page) => {
            console.log(`chat: its page is http://${here}:${page.getHost().port}/`);
            return port;
          },
          (failure) => port.stopListening().addCallback(() => failure),
        );
      })
      .addCallback((port) => {
        heartbeat.start(options.heartbeatSeconds, false);
        history?.start();
        return port;
      });
  },
});
