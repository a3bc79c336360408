import { type DelayedCall, Factory, type Failure, LineReceiver, type Reactor } from "skein";
import { TimeoutError } from "skein/defer";

const IDLE_SECONDS = 120;

/** Answers each line; ends those who are silent for too long. Keeps count of how all ended. */
export class Greeter extends LineReceiver {
  declare factory: Greeters;
  #idle: DelayedCall | undefined = undefined;

  override connectionMade(): void {
    const { reactor, present } = this.factory;
    present.add(this);
    this.factory.most = Math.max(this.factory.most, present.size);
    this.maxLength = 1000;
    this.delimiter = "\n";
    this.transport.maxBufferedBytes = 256 * 1024;
    this.#idle = reactor.callLater(IDLE_SECONDS, () =>
      this.transport.abortConnection(new TimeoutError(`silent for ${IDLE_SECONDS} seconds`)),
    );
  }

  override lineReceived(line: string): void {
    this.#idle?.reset(IDLE_SECONDS);
    if (line === "bye") this.transport.loseConnection();
    else this.sendLine(`hello, ${line}`);
  }

  override connectionLost(reason: Failure): void {
    const { present, ends } = this.factory;
    if (this.#idle?.active === true) this.#idle.cancel();
    present.delete(this);
    const { name } = reason.value as Error;
    ends.set(name, (ends.get(name) ?? 0) + 1);
  }
}

export class Greeters extends Factory<Greeter> {
  readonly reactor: Reactor;
  readonly present = new Set<Greeter>();
  /** How many were present at a time. */
  most = 0;
  /** How many ended for which reason. */
  readonly ends = new Map<string, number>();

  constructor(reactor: Reactor) {
    super();
    this.reactor = reactor;
  }

  override buildProtocol(): Greeter {
    const greeter = new Greeter();
    greeter.factory = this;
    return greeter;
  }
}
