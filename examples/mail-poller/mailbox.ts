/**
 * How many letters are in a mailbox: asked by a tiny part of POP3 (`STAT`), once.
 */
import {
  ConnectionDoneError,
  connectProtocol,
  Deferred,
  type Failure,
  HostnameEndpoint,
  LineReceiver,
  type Reactor,
} from "skein";

export interface Mailbox {
  readonly host: string;
  readonly port: number;
}

/** The server does not speak as it should, or cannot tell. */
export class MailboxError extends Error {
  override readonly name = "MailboxError";
}

/** Asks when it is greeted, and leaves when it was told. */
class Asking extends LineReceiver {
  readonly letters: Deferred<number> = new Deferred<number>(() => {
    this.transport.abortConnection();
  });
  #greeted = false;

  override lineReceived(line: string): void {
    const [, count] = /^\+OK (\d+) \d+/.exec(line) ?? [];
    if (!this.#greeted && line.startsWith("+OK")) {
      this.#greeted = true;
      this.sendLine("STAT");
    } else if (this.#greeted && count !== undefined) {
      this.sendLine("QUIT");
      this.transport.loseConnection();
      this.letters.callback(Number(count));
    } else {
      this.transport.loseConnection(new MailboxError(`the mailbox says: ${line}`));
    }
  }

  override connectionLost(reason: Failure): void {
    if (this.letters.called) return;
    const early = reason.check(ConnectionDoneError) !== undefined;
    this.letters.errback(early ? new MailboxError("the mailbox hung up") : reason);
  }
}

/** Fires with the number of letters; fails as the connection does. Cancelling hangs up. */
export function countLetters(
  reactor: Reactor<"tcp" | "names">,
  { host, port }: Mailbox,
): Deferred<number> {
  return connectProtocol(new HostnameEndpoint(reactor, host, port), new Asking()).addCallback(
    (asking) => asking.letters,
  );
}
