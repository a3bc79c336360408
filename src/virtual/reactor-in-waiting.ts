/**
 * The reactor as sockets see it that are opened before there is one: while a program is loaded,
 * say. What it is asked for then is done when it comes.
 */
import { Deferred } from "../defer/deferred.ts";
import type {
  DelayedCall,
  ListenOptions,
  Reactor,
  UNIXListenOptions,
} from "../reactor/capabilities.ts";
import type { NameResolver, ResolvedAddress, ResolveOptions } from "../reactor/names.ts";
import type {
  ClientProtocolFactory,
  Connector,
  ListeningPort,
  ProtocolFactory,
  UNIXAddress,
} from "../reactor/transport.ts";

/** What it can do, once it is there. */
export type NetworkReactor = Reactor<"tcp" | "unix" | "names">;

/** Ways to wait on the time of the process. */
export interface Waiting {
  /** Only differences mean something. */
  seconds(): number;
  callLater(seconds: number, action: () => void): DelayedCall;
}

export class ReactorInWaiting {
  readonly #waiting: Waiting;
  #reactor: NetworkReactor | undefined = undefined;
  #asked: ((reactor: NetworkReactor) => void)[] = [];

  constructor(waiting: Waiting) {
    this.#waiting = waiting;
  }

  /** It is there: from now on it is asked, for what waits first. */
  attach(reactor: NetworkReactor): void {
    this.#reactor = reactor;
    for (const ask of this.#asked.splice(0)) ask(reactor);
  }

  /** It is gone; another may come. */
  detach(): void {
    this.#reactor = undefined;
  }

  // --- what ReactorSocket uses ---

  connectTCP(host: string, port: number, factory: ClientProtocolFactory): Connector {
    return this.#connect((reactor) => reactor.connectTCP(host, port, factory));
  }

  connectUNIX(name: string, factory: ClientProtocolFactory): Connector {
    return this.#connect((reactor) => reactor.connectUNIX(name, factory));
  }

  /** The same time before and after there is a reactor. */
  seconds(): number {
    return this.#waiting.seconds();
  }

  callLater(seconds: number, action: () => void): DelayedCall {
    return this.#reactor?.callLater(seconds, action) ?? this.#waiting.callLater(seconds, action);
  }

  callFromThread(action: () => void): void {
    this.#ask((reactor) => reactor.callFromThread(action));
  }

  reportError(error: unknown, doing: string): void {
    if (this.#reactor === undefined) console.error(`Error while ${doing}:`, error);
    else this.#reactor.reportError(error, doing);
  }

  // --- servers, and names ---

  listenTCP(
    port: number,
    factory: ProtocolFactory,
    options: ListenOptions,
  ): Deferred<ListeningPort> {
    return this.#later((reactor) => reactor.listenTCP(port, factory, options));
  }

  listenUNIX(
    name: string,
    factory: ProtocolFactory,
    options: UNIXListenOptions,
  ): Deferred<ListeningPort<UNIXAddress>> {
    return this.#later((reactor) => reactor.listenUNIX(name, factory, options));
  }

  resolve(name: string, options: ResolveOptions): Deferred<readonly ResolvedAddress[]> {
    return this.#later((reactor) =>
      (reactor.nameResolver satisfies NameResolver).resolve(name, options),
    );
  }

  #ask(ask: (reactor: NetworkReactor) => void): void {
    if (this.#reactor === undefined) this.#asked.push(ask);
    else ask(this.#reactor);
  }

  #later<T>(ask: (reactor: NetworkReactor) => Deferred<T>): Deferred<T> {
    if (this.#reactor !== undefined) return ask(this.#reactor);
    const later = new Deferred<void>();
    let there: NetworkReactor;
    this.#ask((reactor) => {
      there = reactor;
      if (!later.called) later.callback();
    });
    return later.addCallback(() => ask(there));
  }

  /** What is known of a connector before it is there: how to stop it. */
  #connect(ask: (reactor: NetworkReactor) => Connector): Connector {
    let connector: Connector | undefined;
    let stopped = false;
    this.#ask((reactor) => {
      if (!stopped) connector = ask(reactor);
    });
    if (connector !== undefined) return connector;
    const stopConnecting = (): void => {
      stopped = true;
      connector?.stopConnecting();
    };
    return { stopConnecting } as Connector;
  }
}
