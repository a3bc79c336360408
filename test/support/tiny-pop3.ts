/** A mailbox that can be asked by a tiny part of POP3, for tests. */
import { Factory, LineReceiver } from "skein/protocols";
import type { ListeningPort, Reactor } from "skein/reactor";
import type { Deferred } from "skein/defer";

export class TinyPOP3 {
  letters = 0;
  /** Says something else, in place of how many there are. */
  answer: string | undefined = undefined;
  /** Keeps silent. */
  hangs = false;
  /** How often it was asked. */
  asked = 0;
  /** How many are connected. */
  guests = 0;

  listen(reactor: Reactor<"tcp">, port: number): Deferred<ListeningPort> {
    return reactor.listenTCP(
      port,
      Factory.from(() => new Counter(this)),
    );
  }
}

class Counter extends LineReceiver {
  readonly #mailbox: TinyPOP3;

  constructor(mailbox: TinyPOP3) {
    super();
    this.#mailbox = mailbox;
  }

  override connectionMade(): void {
    this.#mailbox.guests++;
    this.sendLine("+OK at your service");
  }

  override lineReceived(line: string): void {
    const { letters, answer, hangs } = this.#mailbox;
    if (line === "QUIT") {
      this.sendLine("+OK");
      this.transport.loseConnection();
    } else if (line === "STAT") {
      this.#mailbox.asked++;
      if (!hangs) this.sendLine(answer ?? `+OK ${letters} ${letters * 100}`);
    } else {
      this.sendLine("-ERR what?");
    }
  }

  override connectionLost(): void {
    this.#mailbox.guests--;
  }
}
