/** What tests of transports have in common: a reactor that runs, and protocols that remember. */
import type { Failure } from "skein/defer";
import { ClientFactory, Protocol } from "skein/protocols";
import { type backends, createReactor, type ReactorOn } from "skein/reactor";

export type Libuv = ReactorOn<typeof backends.libuv>;

/** A protocol that says `made`, `lost …`, and answers in capitals. */
export class Shouter extends Protocol {
  readonly events: string[];
  constructor(events: string[]) {
    super();
    this.events = events;
  }
  override dataReceived(data: Uint8Array): void {
    this.transport.write(Buffer.from(data).toString().toUpperCase());
  }
}

export class Shouting extends ClientFactory {
  readonly events: string[] = [];
  override buildProtocol(): Shouter {
    return new Shouter(this.events);
  }
}

/** A client that sends `text`, and resolves with the answer, or rejects with why there is none. */
export class Asking extends ClientFactory {
  readonly answer: Promise<string>;
  readonly #text: string;
  #resolve: (text: string) => void = () => {};
  #reject: (error: unknown) => void = () => {};

  constructor(text: string) {
    super();
    this.#text = text;
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.answer.catch(() => {});
  }

  override buildProtocol(): Protocol {
    const [text, resolve, reject] = [this.#text, this.#resolve, this.#reject];
    let heard = "";
    return new (class extends Protocol {
      override connectionMade(): void {
        this.transport.write(text);
      }
      override dataReceived(data: Uint8Array): void {
        heard += Buffer.from(data).toString();
        if (heard.length < text.length) return;
        resolve(heard);
        this.transport.loseConnection();
      }
      override connectionLost(reason: Failure): void {
        reject(reason.value);
      }
    })();
  }

  override clientConnectionFailed(_connector: unknown, reason: Failure): void {
    this.#reject(reason.value);
  }
}

/** Runs `body` on a reactor on libuv, and stops it. */
export async function onLibuv(body: (reactor: Libuv) => Promise<void>): Promise<void> {
  const reactor = createReactor("libuv");
  const stopped = reactor.run();
  try {
    await body(reactor);
  } finally {
    reactor.stop();
    await stopped;
  }
}
