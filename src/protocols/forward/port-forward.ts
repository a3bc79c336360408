import { ByteQueue } from "../../core/byte-queue.ts";
import type { Deferred } from "../../defer/deferred.ts";
import { CancelledError } from "../../defer/errors.ts";
import type { Failure } from "../../defer/failure.ts";
import { maybeDeferred } from "../../defer/maybe-deferred.ts";
import type { Reactor, ReactorCore } from "../../reactor/capabilities.ts";
import { peerOf } from "../../reactor/end-of.ts";
import { assertPort, assertTimeout } from "../../reactor/stream-checks.ts";
import type {
  HalfCloseableProtocol,
  ProtocolFactory,
  StreamAddress,
  Transport,
} from "../../reactor/transport.ts";
import { textOf } from "../../reactor/unix-name.ts";
import { ForwardError } from "../errors.ts";
import { Factory } from "../factory.ts";
import { Protocol } from "../protocol.ts";
import { dialTCP } from "./dial-tcp.ts";
import { joinTransports } from "./join.ts";

/** So much of a client's is kept for whom it is to be connected to; then no more is read. */
const MAX_EARLY_BYTES = 64 * 1024;

/** Knows where to connect to: any endpoint of skein/endpoints does. */
export interface ForwardEndpoint {
  connect(
    factory: ProtocolFactory & { buildProtocol(address: StreamAddress): Protocol | null },
  ): Deferred<Protocol>;
}

/** Where connections are forwarded to. */
export type ForwardDestination = { readonly host: string; readonly port: number } | ForwardEndpoint;

export interface ForwardOptions {
  /** Seconds that connecting may take, for a host and port; 30 unless given. */
  readonly timeout?: number;
  /**
   * Whether a client that ends its direction before it is connected has left, so that connecting is
   * given up; false unless given: it may have asked for all that it wants to know. One whose
   * connection is lost has left in any case.
   */
  readonly endIsLeaving?: boolean;
  /**
   * Told when a connection could not be forwarded, and is cut off. Unless given, the reactor
   * reports it.
   */
  readonly failed?: (error: ForwardError, peer: StreamAddress) => void;
}

/**
 * A factory whose connections go on to somewhere else: a TCP proxy.
 *
 * ```ts
 * import { Echo, Factory, portForward } from "skein/protocols";
 * import { createReactor } from "skein/reactor";
 * import { LineClient } from "skein/testing";
 *
 * const report = (error: unknown): void => console.log(`${error}`.replace(/:\d{5}/, ""));
 * const reactor = createReactor("clock", { onError: report });
 * const stopped = reactor.run();
 * await reactor.listenTCP(7001, Factory.forProtocol(Echo));
 * await reactor.listenTCP(7000, portForward(reactor, { host: "127.0.0.1", port: 7001 }));
 * const client = await LineClient.dial(reactor, 7000);
 * client.say("hello");
 * console.log(await client.heard("hello")); // → hello
 *
 * await reactor.listenTCP(7002, portForward(reactor, { host: "127.0.0.1", port: 9 }));
 * await (await LineClient.dial(reactor, 7002)).ended;
 * // → ForwardError: cannot forward 127.0.0.1 to 127.0.0.1:9: nobody listens on 127.0.0.1:9
 * reactor.stop();
 * await stopped;
 * ```
 *
 * While it connects, 64 KiB are read from a client, and kept for whom it gets, so that one whose
 * connection is lost is noticed at once: connecting is given up. From then on each side is read
 * only as fast as the other takes it, so that no more waits here than the transports' marks allow.
 * The end of one direction is carried on alone; the end of a connection ends the other, and a
 * connection that was lost has the other one cut off.
 *
 * It has no timeout for those who say nothing: put a TimeoutFactory around it.
 *
 * @throws BadOptionError for a port or timeout that is none.
 */
export function portForward(
  reactor: Reactor<"tcp">,
  destination: ForwardDestination,
  options: ForwardOptions = {},
): Factory<Protocol> {
  const { timeout = 30, endIsLeaving = false, failed = reporting(reactor) } = options;
  assertTimeout(timeout);
  if ("port" in destination) assertPort(destination.port, 1);
  const dial = (): Deferred<Transport> =>
    "port" in destination
      ? dialTCP(reactor, destination.host, destination.port, { timeout })
      : destination
          .connect(Factory.forProtocol(Protocol))
          .addCallback((protocol) => protocol.transport);
  const onward: Onward = { dial, where: nameOf(destination), endIsLeaving, failed };
  return Factory.from(() => new Forwarding(onward));
}

/** How all connections of one forward go on. */
interface Onward extends Required<Pick<ForwardOptions, "endIsLeaving" | "failed">> {
  readonly dial: () => Deferred<Transport>;
  readonly where: string;
}

/** Has a client's connection until there is one to go on with. */
class Forwarding extends Protocol implements HalfCloseableProtocol {
  readonly #onward: Onward;
  /** What the client has said so far: it is read, as nobody else notices that it has left. */
  readonly #said = new ByteQueue();
  #dialling: Deferred<void> | undefined = undefined;

  constructor(onward: Onward) {
    super();
    this.#onward = onward;
  }

  override connectionMade(): void {
    const dialled: Deferred<Transport> = maybeDeferred(this.#onward.dial);
    this.#dialling = dialled.addCallbacks(
      (onward) => joinTransports(this.transport, onward, this.#said.takeAll()),
      (failure: Failure) => this.#giveUp(failure),
    );
  }

  override dataReceived(data: Uint8Array): void {
    this.#said.push(data);
    if (this.#said.length >= MAX_EARLY_BYTES) this.transport.pauseProducing();
  }

  readConnectionLost(): void {
    // With its connection, connecting ends.
    if (this.#onward.endIsLeaving) this.transport.loseConnection();
  }

  writeConnectionLost(): void {}

  override connectionLost(): void {
    this.#dialling?.cancel();
  }

  #giveUp(failure: Failure): void {
    // Nobody waits for it.
    if (failure.check(CancelledError) && !this.transport.connected) return;
    const why = (failure.value as Error).message;
    const error = new ForwardError(
      `cannot forward ${peerOf(this.transport)} to ${this.#onward.where}: ${why}`,
      { cause: failure.value },
    );
    this.transport.abortConnection(error);
    this.#onward.failed(error, this.transport.getPeer());
  }
}

function reporting(reactor: Pick<ReactorCore, "reportError">): (error: ForwardError) => void {
  return (error) => reactor.reportError(error, "forwarding a connection");
}

function nameOf(destination: ForwardDestination): string {
  return "port" in destination ? textOf(destination) : "its endpoint";
}
