import { messageOf } from "../../core/errors.ts";
import type { Deferred } from "../../defer/deferred.ts";
import { Factory } from "../../protocols/factory.ts";
import { LineReceiver } from "../../protocols/line-receiver.ts";
import type { DelayedCall, Reactor } from "../../reactor/capabilities.ts";
import type { ListeningPort, UNIXAddress } from "../../reactor/transport.ts";
import { LoopingCall } from "../../task/looping-call.ts";
import type { Report } from "../attend.ts";
import type { Refusal, Snapshot } from "./snapshot.ts";

/** Who listens to a daemon's control socket, unless it is the daemon's user, does not get in. */
const MODE = 0o600;
/** So many may watch at a time. */
export const WATCHERS_MAX = 16;
/** The limits of what may be asked for. */
const EVERY_MIN_SECONDS = 0.1;
const EVERY_MAX_SECONDS = 3600;
/** Who has asked for nothing by then goes. */
const ASK_SECONDS = 10;
/** Who has not read what was sent for so long is stuck, and is cut off. */
const STUCK_SECONDS = 30;
const REQUEST_BYTES_MAX = 1024;

/**
 * Listens on a UNIX socket for those who want to know how a daemon fares. They say, in one line of
 * JSON, how often, `{"every": 1}`, and get a line with a {@link Snapshot} at once, and then every
 * so many seconds. What cannot be is answered by a line with an `error`, and the end.
 *
 * While nobody watches, `report` is not called, and nothing is measured.
 */
export function serveControl(
  reactor: Reactor<"unix">,
  name: string,
  report: Report,
): Deferred<ListeningPort<UNIXAddress>> {
  const watchers = new Set<Watcher>();
  const factory = Factory.from(() => new Watcher(reactor, report, watchers));
  return reactor.listenUNIX(name, factory, { mode: MODE });
}

class Watcher extends LineReceiver {
  override delimiter = "\n";
  override maxLength: number = REQUEST_BYTES_MAX;
  readonly #reactor: Reactor;
  readonly #report: Report;
  readonly #all: Set<Watcher>;
  #deadline: DelayedCall | undefined = undefined;
  #watching: LoopingCall | undefined = undefined;
  /** Since when it has not read what was sent. */
  #stuckSince: number | undefined = undefined;

  constructor(reactor: Reactor, report: Report, all: Set<Watcher>) {
    super();
    this.#reactor = reactor;
    this.#report = report;
    this.#all = all;
  }

  override connectionMade(): void {
    if (this.#all.size >= WATCHERS_MAX) {
      this.#refuse(`${WATCHERS_MAX} watch already`);
      return;
    }
    this.#all.add(this);
    this.#deadline = this.#reactor.callLater(ASK_SECONDS, () =>
      this.#refuse(`nothing was asked for in ${ASK_SECONDS} s`),
    );
  }

  override lineReceived(line: string): void {
    if (this.#watching !== undefined) {
      this.#refuse("it was asked for already");
      return;
    }
    this.#cancelDeadline();
    const every = everyOf(line);
    if (every === undefined) {
      this.#refuse(`ask by {"every": SECONDS}, from ${EVERY_MIN_SECONDS} to ${EVERY_MAX_SECONDS}`);
      return;
    }
    this.#watching = new LoopingCall(this.#reactor, () => this.#look());
    this.#watching.start(every).addErrback((failure) => this.#refuse(messageOf(failure.value)));
  }

  override lineLengthExceeded(): void {
    this.#refuse(`a request has at most ${REQUEST_BYTES_MAX} bytes`);
  }

  override connectionLost(): void {
    this.#all.delete(this);
    this.#cancelDeadline();
    if (this.#watching?.running === true) this.#watching.stop();
  }

  #look(): Deferred<void> | undefined {
    if (this.transport.bufferedBytes > 0) {
      const now = this.#reactor.seconds();
      this.#stuckSince ??= now;
      if (now - this.#stuckSince >= STUCK_SECONDS) this.transport.abortConnection();
      return undefined;
    }
    this.#stuckSince = undefined;
    return this.#report().addCallback((processes) => this.#send({ processes }));
  }

  #send(said: Snapshot | Refusal): void {
    this.sendLine(JSON.stringify(said));
  }

  #refuse(error: string): void {
    this.#send({ error });
    this.transport.loseConnection();
  }

  #cancelDeadline(): void {
    if (this.#deadline?.active === true) this.#deadline.cancel();
  }
}

function everyOf(line: string): number | undefined {
  let asked: unknown;
  try {
    asked = JSON.parse(line);
  } catch {
    return undefined;
  }
  const { every } = (asked ?? {}) as { every?: unknown };
  if (typeof every !== "number") return undefined;
  return every >= EVERY_MIN_SECONDS && every <= EVERY_MAX_SECONDS ? every : undefined;
}
