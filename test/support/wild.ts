/**
 * Connections whose protocols do whatever occurs to them, in every call they get and between, while
 * it is watched that no law is broken. What occurs to them depends on a seed.
 */
import type { Failure } from "skein/defer";
import { ClientFactory, Protocol, type PushProducer } from "skein/protocols";
import {
  type Connector,
  type ListeningPort,
  ProducerRegisteredError,
  type StreamAddress,
  type TLSClientOptions,
  type TLSServerOptions,
  type Transport,
} from "skein/reactor";
import type { SeededRandom } from "../../src/core/random.ts";

/** What flows is a pattern: a byte tells where in the stream it belongs. */
const PERIOD = 251;
const PATTERN = Uint8Array.from({ length: 400_000 }, (_, index) => index % PERIOD);
const LARGEST_WRITE = 100_000;
/** How deep one call may lead to another: a write to a pause, in which is written. */
const DEPTH = 4;

function pattern(from: number, length: number): Uint8Array {
  const start = from % PERIOD;
  return PATTERN.slice(start, start + length);
}

/** What all take part in, and what is held against them. */
export class Wilderness {
  readonly random: SeededRandom;
  /** The laws that were broken. */
  readonly broken: string[] = [];
  /** What happened, in order. */
  readonly log: string[] = [];
  /** What was thrown on purpose: each is to be reported once. */
  readonly thrown: unknown[] = [];
  /** Deferreds of whenDrained() that have not fired. */
  waiting = 0;
  /** Nobody does anything more. */
  calm = false;
  /** The reactor was told to stop. */
  stopping = false;
  readonly ends: End[] = [];
  #operating: string | undefined = undefined;
  #depth = 0;

  constructor(random: SeededRandom) {
    this.random = random;
  }

  /** Makes a call into the library. */
  operate<T>(name: string, action: () => T): T {
    const outer = this.#operating;
    this.#operating = name;
    try {
      return action();
    } finally {
      this.#operating = outer;
    }
  }

  /** Gets a call from it, which may come from inside `within` only. */
  deliver(what: string, within: readonly string[], body: () => void): void {
    const operating = this.#operating;
    if (operating !== undefined && !within.includes(operating)) {
      this.broken.push(`${what} came from inside ${operating}()`);
    }
    this.#operating = undefined;
    this.#depth++;
    try {
      body();
    } finally {
      this.#depth--;
      this.#operating = operating;
    }
  }

  maybeThrow(where: string): void {
    if (this.calm || !this.random.chance(0.01)) return;
    const error = new Error(`thrown in ${where}`);
    this.thrown.push(error);
    throw error;
  }

  get lively(): boolean {
    return !this.calm && this.#depth < DEPTH;
  }
}

/** What is the same for all the connections between two factories. */
export interface Ground {
  readonly wilderness: Wilderness;
  readonly name: string;
  /** Who talks with whom, by the client's port; UNIX sockets have none. */
  readonly pairs: Map<number, Pair>;
  /** Both ends go on by TLS at once. */
  readonly startTLS: { server: TLSServerOptions; client: TLSClientOptions } | undefined;
}

type Pair = Partial<Record<Side, End>>;
type Side = "server" | "client";

/** One end of a connection, which may have several protocols one after another. */
export class End {
  readonly ground: Ground;
  readonly side: Side;
  /** The bytes that were taken to be sent; and that were received. */
  sent = 0;
  received = 0;
  made = false;
  paused = false;
  /** This end has ended it. */
  closed = false;
  lost = 0;
  protocol: Wild;
  #pair: Pair = {};
  #dropped = 0;

  constructor(ground: Ground, side: Side) {
    this.ground = ground;
    this.side = side;
    this.protocol = new Wild(this);
    ground.wilderness.ends.push(this);
  }

  /** It is a connection now: looks for its other end. */
  meet(transport: Transport): void {
    this.made = true;
    const address = this.side === "client" ? transport.getHost() : transport.getPeer();
    if (address.type === "UNIX") return;
    const { pairs } = this.ground;
    const met = pairs.get(address.port);
    // A port may be used again.
    this.#pair = met === undefined || met[this.side] !== undefined ? {} : met;
    this.#pair[this.side] = this;
    pairs.set(address.port, this.#pair);
  }

  /** Keeps count of what is written, and taken. */
  send(transport: Transport, length: number, write: (from: number) => void): void {
    const from = this.sent;
    // Before the call, in which a producer may be told to pause, and write some more.
    this.sent += length;
    write(from);
    // What was dropped of others was written from inside this call, and has been counted.
    if (length === 0 || droppedBy(transport) - this.#dropped < length) return;
    this.#dropped += length;
    this.sent -= length;
  }

  /** Has another protocol go on, unless the connection has ended, with the last bytes anew. */
  replace(transport: Transport, restBytes: number): void {
    const before = this.protocol;
    const next = (this.protocol = new Wild(this));
    this.received -= restBytes;
    const rest = pattern(this.received, restBytes);
    this.ground.wilderness.operate("setProtocol", () => transport.setProtocol(next, rest));
    if (next.made) return;
    this.protocol = before;
    this.received += restBytes;
  }

  say(what: string): void {
    this.ground.wilderness.log.push(`${this.ground.name} ${this.side}: ${what}`);
  }

  wrong(what: string): void {
    this.ground.wilderness.broken.push(`${this.ground.name} ${this.side}: ${what}`);
  }

  /** The peer's direction has ended as if it were whole. */
  checkWhole(): void {
    const other = this.#pair[this.side === "server" ? "client" : "server"];
    if (this.closed || this.ground.wilderness.stopping || other === undefined) return;
    if (this.received !== other.sent) {
      this.wrong(`was told of a clean end after ${this.received} of ${other.sent} bytes`);
    }
  }
}

type Operation = (wild: Wild) => void;

const operations: Readonly<Record<string, Operation>> = {
  write: (wild) => wild.writeSome(),
  "write ": (wild) => wild.writeSome(),
  writeSequence: ({ end, transport }) => {
    end.send(transport, 310, (from) => {
      transport.writeSequence([pattern(from, 10), pattern(from + 10, 300)]);
    });
  },
  pauseProducing: ({ end, transport }) => {
    if (transport.connected) end.paused = true;
    transport.pauseProducing();
  },
  resumeProducing: ({ end, transport }) => {
    end.paused = false;
    transport.resumeProducing();
  },
  loseWriteConnection: ({ transport }) => transport.loseWriteConnection(),
  registerProducer: (wild) => wild.register(),
  unregisterProducer: (wild) => wild.unregister(),
  whenDrained: ({ end, transport }) => {
    const { wilderness } = end.ground;
    wilderness.waiting++;
    transport.whenDrained().addBoth(() => {
      wilderness.waiting--;
      wilderness.deliver("whenDrained()", ["whenDrained"], () => {});
    });
  },
  marks: ({ end, transport }) => {
    const { random } = end.ground.wilderness;
    transport.highWaterBytes = random.below(100_000);
    transport.lowWaterBytes = random.below(transport.highWaterBytes + 1);
  },
  setProtocol: ({ end, transport }) => {
    // With or without some of what was received: that may be long ago, and its end was told.
    const { random } = end.ground.wilderness;
    // Nothing is delivered to connections that close.
    const most = transport.connected && random.chance(0.5) ? Math.min(end.received, 500) : 0;
    end.replace(transport, random.below(most + 1));
  },
};

const endings: Readonly<Record<string, Operation>> = {
  loseConnection: ({ transport }) => transport.loseConnection(),
  abortConnection: ({ transport }) => transport.abortConnection(),
  stopProducing: ({ transport }) => transport.stopProducing(),
};

function droppedBy(transport: object): number {
  return (transport as { droppedBytes: number }).droppedBytes;
}

export class Wild extends Protocol {
  readonly end: End;
  readonly #half: boolean;
  made = false;
  #over = false;
  #readLost = 0;
  #producer: WildProducer | undefined = undefined;
  declare readConnectionLost?: () => void;
  declare writeConnectionLost?: () => void;

  constructor(end: End) {
    super();
    this.end = end;
    this.#half = end.ground.wilderness.random.chance(0.5);
    if (!this.#half) return;
    this.readConnectionLost = () =>
      this.#got("readConnectionLost", [], () => {
        this.#open("readConnectionLost");
        if (++this.#readLost > 1) end.wrong("was told twice of the peer's end");
        if (end.paused) end.wrong("was told of the peer's end while it had paused");
        end.checkWhole();
      });
    this.writeConnectionLost = () =>
      this.#got("writeConnectionLost", [], () => this.#open("writeConnectionLost"));
  }

  /** Does a few things, or nothing. */
  act(): void {
    const { wilderness } = this.end.ground;
    const { random } = wilderness;
    if (!wilderness.lively || this.end.protocol !== this) return;
    for (let left = random.below(4); left > 0; left--) {
      const from = random.chance(0.06) ? endings : operations;
      const names = Object.keys(from);
      const name = names[random.below(names.length)] as string;
      if (from === endings) this.end.closed = true;
      this.end.say(name);
      wilderness.operate(name.trim(), () => from[name]?.(this));
      // It may have been replaced.
      if (this.end.protocol !== this) return;
    }
  }

  writeSome(): void {
    const { end, transport } = this;
    const { random } = end.ground.wilderness;
    const length = random.chance(0.3) ? random.below(LARGEST_WRITE) : random.below(100);
    end.send(transport, length, (from) => void transport.write(pattern(from, length)));
    if (transport.bufferedBytes > transport.maxBufferedBytes) end.wrong("holds too much");
  }

  register(): void {
    const { random } = this.end.ground.wilderness;
    const streaming = random.chance(0.5);
    const producer = new WildProducer(this, streaming);
    const { transport } = this;
    const previous = this.#producer;
    this.#producer = producer;
    try {
      if (streaming) transport.registerProducer(producer, true);
      else transport.registerProducer(producer, false);
    } catch (error) {
      this.#producer = previous;
      if (!(error instanceof ProducerRegisteredError)) throw error;
    }
  }

  unregister(): void {
    this.#producer?.unregistered();
    this.#producer = undefined;
    this.transport.unregisterProducer();
  }

  override connectionMade(): void {
    const { end, transport } = this;
    this.#got("connectionMade", ["setProtocol", "connect"], () => {
      if (this.made) end.wrong("was made twice");
      this.made = true;
      const { startTLS, wilderness } = end.ground;
      const first = !end.made;
      if (first) end.meet(transport);
      if (first) transport.maxBufferedBytes = 64_000 + wilderness.random.below(1_000_000);
      transport.closeTimeout = [0.05, 0.3, 1][wilderness.random.below(3)] as number;
      if (wilderness.calm) {
        end.closed = true;
        transport.loseConnection();
      }
      if (startTLS === undefined || !first) return;
      wilderness.operate("startTLS", () => transport.startTLS(startTLS[end.side]));
    });
  }

  override handshakeCompleted(): void {
    this.#got("handshakeCompleted", [], () => this.#open("handshakeCompleted"));
  }

  override dataReceived(data: Uint8Array): void {
    const { end } = this;
    this.#got("dataReceived", [], () => {
      this.#open("dataReceived");
      if (end.paused) end.wrong("received something while it had paused");
      if (this.#readLost > 0) end.wrong("received something after the end");
      const expected = pattern(end.received, data.length);
      if (Buffer.compare(data, expected) !== 0)
        end.wrong(`received wrong bytes at ${end.received}`);
      end.received += data.length;
      const { random, lively } = end.ground.wilderness;
      if (!lively || !random.chance(0.05)) return;
      // Another goes on, and gets back the last of it.
      end.replace(this.transport, random.below(data.length + 1));
    });
  }

  override connectionLost(reason: Failure): void {
    const { end } = this;
    const { name } = reason.value as Error;
    this.#got(`connectionLost ${name}`, [], () => {
      if (this.transport.connected) end.wrong("was lost while connected");
      if (++end.lost > 1) end.wrong("was lost twice");
      this.#over = true;
      if (name === "ConnectionDoneError") end.checkWhole();
    });
  }

  /** What is delivered to open connections only. */
  #open(what: string): void {
    if (!this.transport.connected) this.end.wrong(`got ${what} after it had closed`);
  }

  #got(what: string, within: readonly string[], body: () => void): void {
    const { end } = this;
    const { wilderness } = end.ground;
    if (end.protocol !== this) end.wrong(`got ${what} after it was replaced`);
    if (this.#over) end.wrong(`got ${what} after connectionLost`);
    if (!this.made && what !== "connectionMade") end.wrong(`got ${what} before connectionMade`);
    end.say(what);
    wilderness.deliver(what, within, () => {
      body();
      // What its own exception has ended, it has ended.
      const closed = end.closed;
      end.closed = true;
      wilderness.maybeThrow(what);
      end.closed = closed;
      this.act();
    });
  }
}

class WildProducer implements PushProducer {
  readonly #wild: Wild;
  readonly #streaming: boolean;
  #paused = false;
  #over: "stopped" | "unregistered" | undefined = undefined;

  constructor(wild: Wild, streaming: boolean) {
    this.#wild = wild;
    this.#streaming = streaming;
  }

  unregistered(): void {
    this.#over ??= "unregistered";
  }

  pauseProducing(): void {
    this.#told("pauseProducing", ["write", "writeSequence"], () => {
      if (!this.#streaming || this.#paused) this.#wild.end.wrong("a producer was paused wrongly");
      this.#paused = true;
    });
  }

  resumeProducing(): void {
    this.#told("resumeProducing", ["registerProducer"], () => {
      if (this.#streaming && !this.#paused) this.#wild.end.wrong("a producer was resumed wrongly");
      this.#paused = false;
    });
  }

  stopProducing(): void {
    this.#told("stopProducing", ["registerProducer"], () => (this.#over = "stopped"));
  }

  #told(what: string, within: readonly string[], body: () => void): void {
    const { end } = this.#wild;
    const { wilderness } = end.ground;
    if (this.#over !== undefined) end.wrong(`a producer got ${what} though it was ${this.#over}`);
    end.say(`producer's ${what}`);
    wilderness.deliver(`a producer's ${what}`, within, () => {
      body();
      const closed = end.closed;
      end.closed = true;
      wilderness.maybeThrow(what);
      end.closed = closed;
      end.protocol.act();
    });
  }
}

/** Its connections are wild. It may refuse one, throw, connect again, and again. */
export class WildFactory extends ClientFactory {
  readonly #ground: Ground;
  readonly #wilderness: Wilderness;
  readonly #side: Side;
  started = 0;
  connector: Connector | undefined = undefined;
  port: ListeningPort<StreamAddress> | undefined = undefined;
  #attempts = 0;
  #end: End | undefined = undefined;

  constructor(ground: Ground, side: Side) {
    super();
    this.#ground = ground;
    this.#wilderness = ground.wilderness;
    this.#side = side;
  }

  override startFactory(): void {
    this.started++;
  }

  override stopFactory(): void {
    this.started--;
  }

  override buildProtocol(): Wild | null {
    let built: Wild | null = null;
    this.#wilderness.deliver("buildProtocol", [], () => {
      this.#wilderness.maybeThrow("buildProtocol");
      if (this.#wilderness.random.chance(0.05)) return;
      this.#end = new End(this.#ground, this.#side);
      built = this.#end.protocol;
    });
    return built;
  }

  override clientConnectionLost(): void {
    if (this.#end?.lost !== 1) this.#wilderness.broken.push("a factory was told before a protocol");
    this.#again("clientConnectionLost");
  }

  override clientConnectionFailed(): void {
    this.#again("clientConnectionFailed");
  }

  /** Does something with its port or its connector, or does not. */
  act(): void {
    const { random } = this.#wilderness;
    if (!this.#wilderness.lively || !random.chance(0.02)) return;
    const connector = this.connector;
    this.#wilderness.log.push(`${this.#side}'s factory acts`);
    if (connector === undefined) {
      this.#wilderness.operate("stopListening", () => void this.port?.stopListening());
      return;
    }
    if (this.#end !== undefined) this.#end.closed = true;
    this.#wilderness.operate("disconnect", () => connector.disconnect());
  }

  #again(what: string): void {
    this.#wilderness.deliver(what, [], () => {
      this.#wilderness.maybeThrow(what);
      if (!this.#wilderness.lively || this.#attempts++ >= 3) return;
      const { connector } = this;
      if (connector?.state === "disconnected") {
        this.#wilderness.operate("connect", () => connector.connect());
      }
    });
  }
}
