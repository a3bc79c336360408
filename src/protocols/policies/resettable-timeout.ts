import { BadOptionError } from "../../core/errors.ts";
import type { DelayedCall, ReactorTime } from "../../reactor/capabilities.ts";

/**
 * Notices that something has not happened in time: for protocols that give their peers so long for
 * a line, a request, or a sign of life. What Twisted's TimeoutMixin is, as an object to hold.
 *
 * ```ts
 * import { Factory, LineReceiver, ResettableTimeout } from "skein/protocols";
 * import { createReactor } from "skein/reactor";
 * import { LineClient } from "skein/testing";
 *
 * const reactor = createReactor("clock");
 *
 * class Patient extends LineReceiver {
 *   override delimiter = "\n";
 *   readonly #timeout = new ResettableTimeout(reactor, () => {
 *     this.sendLine("too late");
 *     this.transport.loseConnection();
 *   });
 *   override connectionMade(): void {
 *     this.#timeout.start(10); // for each line, however its bytes trickle
 *   }
 *   override lineReceived(): void {
 *     this.#timeout.reset();
 *   }
 *   override connectionLost(): void {
 *     this.#timeout.stop();
 *   }
 * }
 * const stopped = reactor.run();
 * await reactor.listenTCP(7000, Factory.forProtocol(Patient));
 * const client = await LineClient.dial(reactor, 7000);
 * client.transport.write("a line that never");
 * console.log(await client.heard("late", 20)); // → too late
 * reactor.stop();
 * await stopped;
 * ```
 *
 * It costs one delayed call, which a reset moves: no call is made or cancelled.
 */
export class ResettableTimeout {
  readonly #clock: Pick<ReactorTime, "callLater">;
  readonly #timedOut: () => void;
  #seconds = 0;
  #call: DelayedCall | undefined = undefined;

  /** @param timedOut called once for each start() that is not stopped; its errors are reported. */
  constructor(clock: Pick<ReactorTime, "callLater">, timedOut: () => void) {
    this.#clock = clock;
    this.#timedOut = timedOut;
  }

  /** Whether the time runs. */
  get running(): boolean {
    return this.#call?.active === true;
  }

  /**
   * From now on there are so many seconds, whatever was before.
   *
   * @throws BadOptionError unless they are over 0; Infinity is no timeout.
   */
  start(seconds: number): void {
    assertSeconds(seconds);
    this.#seconds = seconds;
    if (seconds === Infinity) this.stop();
    else if (this.running) this.#call?.reset(seconds);
    else this.#call = this.#clock.callLater(seconds, this.#timedOut);
  }

  /** What was waited for has happened: the time begins anew. Does nothing unless it runs. */
  reset(): void {
    if (this.running) this.#call?.reset(this.#seconds);
  }

  stop(): void {
    if (this.running) this.#call?.cancel();
    this.#call = undefined;
  }
}

/** @throws BadOptionError for a time in which nothing could happen. */
export function assertSeconds(seconds: number): void {
  if (!(seconds > 0)) throw new BadOptionError(`a timeout is over 0 seconds, not ${seconds}`);
}
