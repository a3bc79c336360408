/** The streams inside a reactor: UNIX sockets, as it were, whose names are known to it alone. */
import { Deferred } from "../defer/deferred.ts";
import type { Loop } from "../reactor/backend.ts";
import type { Reactor, ReactorCore } from "../reactor/capabilities.ts";
import { CannotListenError, ConnectionRefusedError } from "../reactor/errors.ts";
import { hasCapability, loopOf } from "../reactor/internals.ts";
import type { StreamConnection } from "../reactor/stream-connection.ts";
import type {
  Listener,
  StreamDriver,
  UNIXDialRequest,
  UNIXListenRequest,
} from "../reactor/stream-driver.ts";
import { Streams } from "../reactor/streams.ts";
import type { TLSProvider } from "../reactor/tls.ts";
import type { UNIXAddress } from "../reactor/transport.ts";
import { LocalConnection } from "./local-connection.ts";
import { LocalTurns } from "./local-turns.ts";

/** One for each reactor, of which it is a part. */
const streamsOf = new WeakMap<ReactorCore, LocalStreams>();

/** @throws BadOptionError for a reactor that createReactor has not made. */
export function localStreams(reactor: ReactorCore): Streams<"unix"> {
  let found = streamsOf.get(reactor);
  if (found === undefined) {
    found = new LocalStreams(reactor, loopOf(reactor));
    streamsOf.set(reactor, found);
  }
  return found.use();
}

/** TLS for connections that no backend has made, if there is any. */
export function tlsOf(reactor: ReactorCore): TLSProvider | undefined {
  return hasCapability(reactor, "tls") ? (reactor as Reactor<"tls">).tlsProvider : undefined;
}

class LocalStreams {
  readonly #reactor: ReactorCore;
  readonly #driver: LocalDriver;
  readonly #streams: Streams<"unix">;
  /** Whether they are closed when the present run, or the next, ends. */
  #closes = false;

  constructor(reactor: ReactorCore, loop: Loop) {
    this.#reactor = reactor;
    this.#driver = new LocalDriver(loop, tlsOf(reactor));
    this.#streams = new Streams<"unix">(loop, this.#driver);
  }

  use(): Streams<"unix"> {
    if (!this.#closes) {
      this.#closes = true;
      const [streams, driver] = [this.#streams, this.#driver];
      this.#reactor.addSystemEventTrigger("during", "shutdown", () =>
        streams.disconnectAll().addCallback(() => driver.quiet()),
      );
      this.#reactor.addSystemEventTrigger("after", "shutdown", () => {
        this.#closes = false;
        streams.reopen();
      });
    }
    return this.#streams;
  }
}

class LocalListener implements Listener {
  readonly address: UNIXAddress;
  readonly accept: (connection: StreamConnection) => void;
  readonly #closed: () => Deferred<void>;

  constructor(
    name: string,
    accept: (connection: StreamConnection) => void,
    closed: () => Deferred<void>,
  ) {
    this.address = { type: "UNIX", name };
    this.accept = accept;
    this.#closed = closed;
  }

  close(): Deferred<void> {
    return this.#closed();
  }
}

/** Listens and dials by names that mean something in one reactor. */
export class LocalDriver implements StreamDriver<"unix"> {
  readonly tls?: TLSProvider;
  readonly #turns: LocalTurns;
  readonly #listeners = new Map<string, LocalListener>();

  constructor(loop: Loop, tls: TLSProvider | undefined) {
    this.#turns = new LocalTurns(loop);
    if (tls !== undefined) this.tls = tls;
  }

  /** Fires when nothing is under way between its connections; they have ended. */
  quiet(): Deferred<void> {
    return this.#turns.quiet();
  }

  listen(
    { name }: UNIXListenRequest,
    accept: (connection: StreamConnection) => void,
  ): Deferred<Listener> {
    const listening = new Deferred<Listener>();
    this.#turns.later(() => {
      if (listening.called) return;
      if (this.#listeners.has(name)) {
        const why = `cannot listen on ${name}: this reactor listens there already`;
        listening.errback(new CannotListenError(why, "EADDRINUSE"));
        return;
      }
      const listener = new LocalListener(name, accept, () => {
        this.#listeners.delete(name);
        const closed = new Deferred<void>();
        this.#turns.later(() => closed.callback());
        return closed;
      });
      this.#listeners.set(name, listener);
      listening.callback(listener);
    });
    return listening;
  }

  dial({ name }: UNIXDialRequest): Deferred<StreamConnection> {
    const dialled = new Deferred<StreamConnection>();
    this.#turns.later(() => {
      if (dialled.called) return;
      const listener = this.#listeners.get(name);
      if (listener === undefined) {
        dialled.errback(new ConnectionRefusedError(`nobody listens on ${name}`));
        return;
      }
      const nameless: UNIXAddress = { type: "UNIX", name: "" };
      const [client, server] = LocalConnection.pair(this.#turns, nameless, listener.address);
      this.#turns.later(() => {
        if (this.#listeners.get(name) === listener) listener.accept(server);
        else server.abortConnection();
      });
      dialled.callback(client);
    });
    return dialled;
  }
}
