/** Two protocols joined in memory, without a network. */
import { Deferred } from "../defer/deferred.ts";
import { MemoryClientEndpoint, MemoryServerEndpoint } from "../endpoints/memory-endpoints.ts";
import { Factory } from "../protocols/factory.ts";
import type { Reactor } from "../reactor/capabilities.ts";
import { ClockStuckError } from "../reactor/errors.ts";
import { guest } from "../reactor/guest.ts";
import { createReactor } from "../reactor/browser.ts";
import type { StreamProtocol, Transport } from "../reactor/transport.ts";

/** So many turns without an end mean that two talk for ever, unless the caller says otherwise. */
const TURNS_MAX = 10_000;

/** What a turn does to start a reactor. */
const START_CALLS = 1;

/** Has the two ends of a connection hear of one another, when the test says so. */
export interface Pump {
  /**
   * One turn: what was under way arrives, and what is said to that is under way then. Returns
   * whether anything happened. Throws the first error that a protocol has thrown, which has also
   * ended its connection.
   */
  pump(): boolean;
  /**
   * Turns until nothing is under way.
   *
   * @throws ClockStuckError when that is not so after `turnsMax` turns, 10,000 unless given.
   */
  flush(turnsMax?: number): void;
}

export interface ConnectedPair<S, C> {
  readonly server: S;
  readonly client: C;
  readonly pump: Pump;
}

/**
 * Joins two protocols by a connection in memory, and has them connected: no reactor, no await. The
 * connection keeps the laws of all others: nothing arrives in the call that wrote it, who does not
 * read slows his peer down, each direction ends by itself.
 *
 * ```ts
 * import { LineReceiver, Protocol } from "skein/protocols";
 * import { connectedServerAndClient } from "skein/testing";
 *
 * class Shout extends LineReceiver {
 *   override lineReceived(line: string): void {
 *     this.sendLine(line.toUpperCase());
 *   }
 * }
 * class Listener extends Protocol {
 *   override dataReceived(data: Uint8Array): void {
 *     console.log(new TextDecoder().decode(data).trim());
 *   }
 *   override connectionLost(): void {
 *     console.log("over");
 *   }
 * }
 * const { server, client, pump } = connectedServerAndClient(new Shout(), new Listener());
 * client.transport.write("tea\r\n");
 * pump.flush(); // → TEA
 * server.transport.loseConnection();
 * pump.flush(); // → over
 * ```
 */
export function connectedServerAndClient<S extends StreamProtocol, C extends StreamProtocol>(
  server: S,
  client: C,
): ConnectedPair<S, C> {
  const errors: unknown[] = [];
  const reactor = createReactor(guest({ seconds: () => 0 }), {
    onError: (error) => errors.push(error),
  });
  const pump = (): boolean => {
    // It runs inside this call alone: a run without an end would be everybody's.
    void reactor.run();
    const calls = reactor.iterate() - START_CALLS;
    reactor.crash();
    const thrown = errors.splice(0);
    if (thrown.length > 0) throw thrown[0];
    return calls > 0;
  };
  const flush = (turnsMax = TURNS_MAX): void => {
    for (let turns = 0; pump(); turns++) {
      if (turns < turnsMax) continue;
      throw new ClockStuckError(`after ${turnsMax} turns the two still have something to say`);
    }
  };
  join(reactor, server, client);
  flush();
  return { server, client, pump: { pump, flush } };
}

/**
 * Joins two protocols by a connection in memory, on a reactor of any kind, which must run. Fires
 * when it has ended on both sides; fails when it cannot be made. Cancelling cuts it.
 *
 * ```ts
 * import { LineReceiver } from "skein/protocols";
 * import { createReactor } from "skein/reactor";
 * import { loopback } from "skein/testing";
 *
 * class Asking extends LineReceiver {
 *   override connectionMade(): void {
 *     this.sendLine("what time is it?");
 *   }
 *   override lineReceived(line: string): void {
 *     console.log(line); // → tea time
 *     this.transport.loseConnection();
 *   }
 * }
 * class Answering extends LineReceiver {
 *   override lineReceived(): void {
 *     reactor.callLater(60, () => this.sendLine("tea time"));
 *   }
 * }
 * const reactor = createReactor("clock");
 * const stopped = reactor.run();
 * await loopback(reactor, new Answering(), new Asking());
 * console.log(reactor.seconds()); // → 60
 * await stopped;
 * ```
 */
export function loopback(
  reactor: Reactor,
  server: StreamProtocol,
  client: StreamProtocol,
): Deferred<void> {
  return join(reactor, server, client);
}

/** Each pair has a name of its own. */
let pairs = 0;

function join(reactor: Reactor, server: StreamProtocol, client: StreamProtocol): Deferred<void> {
  const name = `pair-${++pairs}`;
  let cut = (): void => {};
  const over = new Deferred<void>(() => cut());
  let ended = 0;
  const end = (): void => {
    if (++ended === 2 && !over.called) over.callback();
  };
  let stopListening = (): void => {};
  const serving = new Ending(server, () => {});
  serving.connectionEnded = end;
  // It is for one connection.
  serving.connectionAccepted = (transport) => {
    cut = () => transport.abortConnection();
    stopListening();
  };
  new MemoryServerEndpoint(reactor, name)
    .listen(serving)
    .addCallback((port) => {
      stopListening = () => void port.stopListening();
      return new MemoryClientEndpoint(reactor, name).connect(new Ending(client, end));
    })
    .addErrback((failure) => {
      stopListening();
      if (!over.called) over.errback(failure);
    });
  return over;
}

/** Gives its one protocol, and tells when it is in use no longer. */
class Ending<P extends StreamProtocol> extends Factory<P> {
  connectionAccepted: (transport: Transport) => void = () => {};
  connectionEnded: () => void = () => {};
  readonly #protocol: P;
  readonly #stopped: () => void;

  constructor(protocol: P, stopped: () => void) {
    super();
    this.#protocol = protocol;
    this.#stopped = stopped;
  }

  override buildProtocol(): P {
    return this.#protocol;
  }

  override stopFactory(): void {
    this.#stopped();
  }
}
