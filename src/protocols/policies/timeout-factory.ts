import { BadOptionError } from "../../core/errors.ts";
import { TimeoutError } from "../../defer/errors.ts";
import type { Failure } from "../../defer/failure.ts";
import type { ReactorTime } from "../../reactor/capabilities.ts";
import { peerOf } from "../../reactor/end-of.ts";
import type { StreamProtocol } from "../../reactor/transport.ts";
import { ProtocolWrapper } from "./protocol-wrapper.ts";
import { assertSeconds, ResettableTimeout } from "./resettable-timeout.ts";
import { type AnyFactory, WrappingFactory } from "./wrapping-factory.ts";

export interface TimeoutOptions {
  /** Seconds that may pass without a byte in either direction; no limit unless given. */
  readonly idle?: number;
  /** Seconds that a connection may last, busy or not; no limit unless given. */
  readonly lifetime?: number;
}

/**
 * Closes connections on which nothing happens, and those that last too long, by loseConnection()
 * with a TimeoutError as the reason.
 *
 * ```ts
 * import { Factory, Protocol, TimeoutFactory } from "skein/protocols";
 * import { createReactor } from "skein/reactor";
 * import { LineClient } from "skein/testing";
 *
 * const reactor = createReactor("clock");
 * const stopped = reactor.run();
 * const quiet = new TimeoutFactory(reactor, Factory.forProtocol(Protocol), { idle: 30 });
 * await reactor.listenTCP(7000, quiet);
 * const client = await LineClient.dial(reactor, 7000);
 * client.say("hello?");
 * await client.ended;
 * console.log(reactor.seconds()); // → 30
 * await stopped;
 * ```
 *
 * A peer that takes what was written before is not idle, however slowly it does. One that takes
 * nothing is: then `closeTimeout` decides how long it still has for the rest.
 *
 * A peer that sends a byte now and then is not idle: give it a `lifetime`, or have the protocol
 * demand whole lines in time, by ResettableTimeout.
 */
export class TimeoutFactory extends WrappingFactory {
  readonly #clock: Pick<ReactorTime, "callLater">;
  readonly #options: TimeoutOptions;

  /** @throws BadOptionError for times that are not over 0, or when there is none. */
  constructor(
    clock: Pick<ReactorTime, "callLater">,
    wrappedFactory: AnyFactory,
    options: TimeoutOptions,
  ) {
    super(wrappedFactory);
    const { idle, lifetime } = options;
    if (idle === undefined && lifetime === undefined) {
      throw new BadOptionError("a TimeoutFactory needs a time: idle, or lifetime");
    }
    for (const seconds of [idle, lifetime]) if (seconds !== undefined) assertSeconds(seconds);
    this.#clock = clock;
    this.#options = options;
  }

  protected override wrap(protocol: StreamProtocol): StreamProtocol {
    return new TimeoutWrapper(protocol, this.#clock, this.#options);
  }
}

class TimeoutWrapper extends ProtocolWrapper {
  readonly #options: TimeoutOptions;
  readonly #idle: ResettableTimeout;
  readonly #lifetime: ResettableTimeout;
  /** How much waited for the peer when it was last looked at. */
  #waiting = 0;

  constructor(
    protocol: StreamProtocol,
    clock: Pick<ReactorTime, "callLater">,
    options: TimeoutOptions,
  ) {
    super(protocol);
    this.#options = options;
    this.#idle = new ResettableTimeout(clock, () => this.#wasIdle());
    this.#lifetime = new ResettableTimeout(clock, () =>
      this.#end(`lasted ${options.lifetime} seconds`),
    );
  }

  override connectionMade(): void {
    this.#idle.start(this.#options.idle ?? Infinity);
    this.#lifetime.start(this.#options.lifetime ?? Infinity);
  }

  override dataReceived(data: Uint8Array): void {
    this.#idle.reset();
    super.dataReceived(data);
  }

  override write(data: Uint8Array | string): boolean {
    this.#idle.reset();
    const mayGoOn = super.write(data);
    this.#waiting = this.bufferedBytes;
    return mayGoOn;
  }

  override connectionLost(reason: Failure): void {
    this.#idle.stop();
    this.#lifetime.stop();
    super.connectionLost(reason);
  }

  #wasIdle(): void {
    const { idle = Infinity } = this.#options;
    const before = this.#waiting;
    this.#waiting = this.bufferedBytes;
    // It takes what was written, if nothing else.
    if (this.#waiting < before) this.#idle.start(idle);
    else this.#end(`was idle for ${idle} seconds`);
  }

  #end(why: string): void {
    this.loseConnection(new TimeoutError(`the connection with ${peerOf(this)} ${why}`));
  }
}
