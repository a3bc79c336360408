import { BadOptionError } from "../core/errors.ts";
import { Deferred } from "../defer/deferred.ts";
import { CancelledError } from "../defer/errors.ts";
import { Failure } from "../defer/failure.ts";
import { fork } from "../defer/fork.ts";
import { inlineCallbacks } from "../defer/inline-callbacks.ts";
import { fail, succeed } from "../defer/fired.ts";
import { maybeDeferred } from "../defer/maybe-deferred.ts";
import type { ClientEndpoint, FactoryOf } from "../endpoints/endpoint.ts";
import { ConnectionLostError } from "../reactor/errors.ts";
import type { StreamProtocol, Transport } from "../reactor/transport.ts";
import { deferLater } from "../task/defer-later.ts";
import { backoffPolicy, type RetryPolicy } from "./backoff-policy.ts";
import { assertSeconds, Service, type ServiceOptions } from "./service.ts";
import { inUseUntil } from "./in-use-until.ts";

/** A protocol that says what its connection is, as those of the class Protocol do. */
export interface ConnectedProtocol extends StreamProtocol {
  readonly transport: Pick<Transport, "loseConnection" | "abortConnection">;
}

export interface ClientServiceOptions<P> extends ServiceOptions {
  /** How long to wait before it connects again; `backoffPolicy()` unless given. */
  readonly retryPolicy?: RetryPolicy;
  /**
   * Called with each protocol when it is connected; it counts as connected only when what this
   * returns has fired. When it fails the connection is closed, and it is one more failure.
   */
  readonly prepareConnection?: (protocol: P) => unknown;
  /** Seconds that a connection that is closed has to send what was written; 2 unless given. */
  readonly closeTimeout?: number;
}

interface Waiter<P> {
  readonly deferred: Deferred<P>;
  /** How many failures it bears. */
  failuresLeft: number;
}

const CLOSE_TIMEOUT_SECONDS = 2;
/** What a retry policy that fails is replaced by. */
const FALLBACK_SECONDS = 60;

/**
 * Keeps connected to an endpoint while it runs: it connects again when that has failed, or the
 * connection was lost.
 *
 * ```ts
 * import { ClientService, createReactor, Factory, HostnameEndpoint, Protocol } from "skein";
 *
 * const reactor = createReactor("clock", { names: { "db.example": "10.0.0.5" } });
 * await reactor.advance(0);
 * const endpoint = new HostnameEndpoint(reactor, "db.example", 5432);
 * const db = new ClientService(endpoint, Factory.forProtocol(Protocol), { clock: reactor });
 *
 * await db.startService();
 * db.whenConnected(1).addErrback(() => console.log("not at the first try"));
 * db.whenConnected().addCallback(() => console.log(`connected at ${reactor.seconds()} s`));
 * await reactor.advance(1.5); // → not at the first try
 * reactor.listenTCP(5432, Factory.forProtocol(Protocol), { interface: "10.0.0.5" });
 * await reactor.advance(2); // → connected at 2.5 s
 * ```
 *
 * It has started when it has begun to connect: `whenConnected()` tells of the rest. The first retry
 * is `retryPolicy(0)` seconds after the failure or the loss, the next one `retryPolicy(1)` seconds
 * after the next failure, and so on; a connection that is prepared begins the count anew. A policy
 * that throws, or gives no time, is reported, and 60 seconds are waited.
 *
 * The stop gives up what is under way, closes the connection, and waits for its end: a later start
 * connects when the old one is gone. After `closeTimeout`, or at `stopTimeout`, it is aborted. All
 * that relies on the endpoint: a factory is in use until its connection has ended.
 */
export class ClientService<P extends ConnectedProtocol> extends Service {
  readonly #endpoint: ClientEndpoint;
  readonly #factory: FactoryOf<P>;
  readonly #retryPolicy: RetryPolicy;
  readonly #prepareConnection: (protocol: P) => unknown;
  readonly #closeTimeout: number;
  readonly #waiters = new Set<Waiter<P>>();
  /** The work of connecting, again and again, while it runs. */
  #keeping: Deferred<void> | undefined = undefined;
  #stopping = false;
  /** Whether it was stopped last. */
  #over = false;
  /** While it is connected and prepared. */
  #protocol: P | undefined = undefined;
  #doing = "";

  /** @throws BadOptionError */
  constructor(
    endpoint: ClientEndpoint,
    factory: FactoryOf<P>,
    options: ClientServiceOptions<P> = {},
  ) {
    super(options);
    const { retryPolicy = backoffPolicy(), prepareConnection = () => {} } = options;
    const { closeTimeout = CLOSE_TIMEOUT_SECONDS } = options;
    assertSeconds("closeTimeout", closeTimeout);
    this.#endpoint = endpoint;
    this.#factory = factory;
    this.#retryPolicy = retryPolicy;
    this.#prepareConnection = prepareConnection;
    this.#closeTimeout = closeTimeout;
  }

  /**
   * Fires with the protocol, when there is one that is connected and prepared: at once if there is.
   * Fails with the last failure when so many attempts have failed since the call (as many as it
   * takes unless given), with CancelledError when the service stops, or was stopped. Before the
   * first start it waits. Cancelling ends this waiting only.
   *
   * @throws BadOptionError for what is no number of failures.
   */
  whenConnected(failAfterFailures: number = Infinity): Deferred<P> {
    if (!(failAfterFailures >= 1)) {
      throw new BadOptionError(
        `failAfterFailures must be 1 or more failures, not ${failAfterFailures}`,
      );
    }
    if (this.#protocol !== undefined) return succeed(this.#protocol);
    if (this.#over) return fail(this.#stopped());
    const deferred = new Deferred<P>(() => void this.#waiters.delete(waiter));
    const waiter: Waiter<P> = { deferred, failuresLeft: failAfterFailures };
    this.#waiters.add(waiter);
    return deferred;
  }

  protected override start(): void {
    this.requireClock("it connects again after a while");
    this.#stopping = this.#over = false;
    this.#keeping = this.#keepConnected();
  }

  protected override stop(): Deferred<void> | undefined {
    this.#stopping = this.#over = true;
    this.#protocol = undefined;
    for (const waiter of this.#waiters) this.#settle(waiter, new Failure(this.#stopped()));
    this.#say("disconnecting");
    this.#keeping?.cancel();
    return this.#keeping;
  }

  protected override describe(): string {
    return this.state === "stopped" ? "" : this.#doing;
  }

  readonly #keepConnected = inlineCallbacks(function* (
    this: ClientService<P>,
  ): Generator<unknown, void, never> {
    let retry = 0;
    for (;;) {
      try {
        this.#say("connecting");
        yield this.#haveConnection(() => (retry = 0));
      } catch (error) {
        if (this.#stopping) return;
        this.#failed(Failure.from(error));
      }
      try {
        const seconds = this.#delay(retry++);
        this.#say(`waiting ${Number(seconds.toFixed(3))} s to connect again`);
        yield deferLater(this.requireClock("it connects again"), seconds);
      } catch (error) {
        if (this.#stopping) return;
        throw error;
      }
    }
  });

  /** Connects, and fires when the connection has ended. Cancelling closes it first. */
  readonly #haveConnection = inlineCallbacks(function* (
    this: ClientService<P>,
    connected: () => void,
  ): Generator<unknown, void, never> {
    const { factory, ended } = inUseUntil(this.#factory);
    const whenEnded = fork(ended);
    const protocol = yield* maybeDeferred(() => this.#endpoint.connect(factory));
    try {
      yield this.#prepare(protocol, whenEnded());
      connected();
      this.#connected(protocol);
      yield whenEnded();
      this.#protocol = undefined;
    } catch (error) {
      this.#protocol = undefined;
      yield this.#close(protocol, whenEnded);
      throw error;
    }
  });

  #prepare(protocol: P, ended: Deferred<void>): Deferred<void> {
    const prepared = new Deferred<void>(() => preparing.cancel());
    const preparing = maybeDeferred(this.#prepareConnection, protocol);
    ended.addCallback(() => {
      if (prepared.called) return;
      prepared.errback(new ConnectionLostError("the connection was lost while it was prepared"));
      preparing.cancel();
    });
    preparing.addBoth((result) => {
      if (!prepared.called) prepared.callback(result instanceof Failure ? result : undefined);
    });
    return prepared;
  }

  readonly #close = inlineCallbacks(function* (
    this: ClientService<P>,
    protocol: P,
    whenEnded: () => Deferred<void>,
  ): Generator<unknown, void, never> {
    const clock = this.requireClock("its connection is closed");
    protocol.transport.loseConnection();
    try {
      const ended = whenEnded();
      yield this.#closeTimeout === Infinity ? ended : ended.addTimeout(this.#closeTimeout, clock);
    } catch {
      // It took too long, or the service has no more time.
      protocol.transport.abortConnection();
      yield whenEnded();
    }
  });

  #connected(protocol: P): void {
    this.#protocol = protocol;
    this.#say("connected");
    for (const waiter of this.#waiters) this.#settle(waiter, protocol);
  }

  #failed(failure: Failure): void {
    this.#say(`not connected: ${failure.message}`);
    // Those who ask from inside of that have seen no failure.
    const asked = Array.from(this.#waiters);
    for (const waiter of asked) {
      if (--waiter.failuresLeft <= 0) this.#settle(waiter, failure);
    }
  }

  #settle(waiter: Waiter<P>, result: P | Failure): void {
    if (this.#waiters.delete(waiter)) waiter.deferred.callback(result);
  }

  #delay(retry: number): number {
    try {
      const seconds = this.#retryPolicy(retry);
      if (seconds >= 0 && seconds < Infinity) return seconds;
      throw new BadOptionError(`a retry policy gives 0 or more seconds, not ${seconds}`);
    } catch (error) {
      fail(error);
      return FALLBACK_SECONDS;
    }
  }

  #say(doing: string): void {
    this.#doing = doing;
    this.note(doing);
  }

  #stopped(): CancelledError {
    return new CancelledError(`the service "${this.path}" has no connection: it was stopped`);
  }
}
