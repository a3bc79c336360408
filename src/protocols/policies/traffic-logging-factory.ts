import { bytesOf } from "../../core/bytes.ts";
import type { Failure } from "../../defer/failure.ts";
import type { StreamAddress, StreamProtocol } from "../../reactor/transport.ts";
import { ProtocolWrapper } from "./protocol-wrapper.ts";
import { type AnyFactory, WrappingFactory } from "./wrapping-factory.ts";

/** Something that happened on a connection. */
export type TrafficEvent = {
  /** Which of the factory's connections: 1, 2, … */
  readonly connection: number;
  readonly peer: StreamAddress;
} & (
  | { readonly kind: "made" }
  | { readonly kind: "received" | "sent"; readonly data: Uint8Array }
  | {
      readonly kind: "lost";
      readonly reason: Failure;
      /** In all. */
      readonly receivedBytes: number;
      readonly sentBytes: number;
    }
);

/**
 * Tells of all bytes that come and go, and counts them.
 *
 * ```ts
 * import { Echo, Factory, TrafficLoggingFactory } from "skein/protocols";
 * import { createReactor } from "skein/reactor";
 * import { LineClient } from "skein/testing";
 *
 * const reactor = createReactor("clock");
 * const stopped = reactor.run();
 * const logged = new TrafficLoggingFactory(Factory.forProtocol(Echo), (event) => {
 *   const text = "data" in event ? new TextDecoder().decode(event.data).trim() : "";
 *   console.log(event.connection, event.kind, text);
 * });
 * await reactor.listenTCP(7000, logged);
 * const client = await LineClient.dial(reactor, 7000);
 * client.say("hello");
 * await client.heard("hello");
 * client.close();
 * await stopped;
 * console.log(logged.receivedBytes, logged.sentBytes);
 * // → 1 made
 * // → 1 received hello
 * // → 1 sent hello
 * // → 1 lost
 * // → 6 6
 * ```
 *
 * "sent" is what was written, also when it waits, or is dropped as the connection is closing.
 * Around a ThrottlingFactory it sees the traffic as it goes, within one as the protocol means it.
 * With TLS by startTLS it is plain text.
 */
export class TrafficLoggingFactory extends WrappingFactory {
  readonly #log: (event: TrafficEvent) => void;
  #connections = 0;
  #receivedBytes = 0;
  #sentBytes = 0;

  /** @param log an error that it throws ends the connection; without it, bytes are counted. */
  constructor(wrappedFactory: AnyFactory, log: (event: TrafficEvent) => void = () => {}) {
    super(wrappedFactory);
    this.#log = log;
  }

  /** By all connections so far. */
  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  get sentBytes(): number {
    return this.#sentBytes;
  }

  protected override wrap(protocol: StreamProtocol): StreamProtocol {
    const connection = ++this.#connections;
    return new TrafficLoggingWrapper(protocol, connection, (event) => {
      if (event.kind === "received") this.#receivedBytes += event.data.length;
      if (event.kind === "sent") this.#sentBytes += event.data.length;
      this.#log(event);
    });
  }
}

class TrafficLoggingWrapper extends ProtocolWrapper {
  readonly #connection: number;
  readonly #log: (event: TrafficEvent) => void;
  #receivedBytes = 0;
  #sentBytes = 0;

  constructor(protocol: StreamProtocol, connection: number, log: (event: TrafficEvent) => void) {
    super(protocol);
    this.#connection = connection;
    this.#log = log;
  }

  override connectionMade(): void {
    this.#log({ ...this.#which(), kind: "made" });
  }

  override dataReceived(received: Uint8Array): void {
    const data = received.subarray(received.length - this.fresh(received));
    this.#receivedBytes += data.length;
    if (data.length > 0) this.#log({ ...this.#which(), kind: "received", data });
    super.dataReceived(received);
  }

  override write(written: Uint8Array | string): boolean {
    const data = bytesOf(written);
    this.#sentBytes += data.length;
    this.#log({ ...this.#which(), kind: "sent", data });
    return super.write(data);
  }

  override connectionLost(reason: Failure): void {
    const [receivedBytes, sentBytes] = [this.#receivedBytes, this.#sentBytes];
    super.connectionLost(reason);
    this.#log({ ...this.#which(), kind: "lost", reason, receivedBytes, sentBytes });
  }

  #which(): { connection: number; peer: StreamAddress } {
    return { connection: this.#connection, peer: this.getPeer() };
  }
}
