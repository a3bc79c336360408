import type { Deferred } from "../defer/deferred.ts";
import { maybeDeferred } from "../defer/maybe-deferred.ts";
import type { Reactor } from "../reactor/capabilities.ts";
import { loopOf } from "../reactor/internals.ts";
import type { SpawnOptions } from "../reactor/processes.ts";
import type { StreamConnection } from "../reactor/stream-connection.ts";
import type { StreamProtocol } from "../reactor/transport.ts";
import { connectOnce, introduce } from "./connect-once.ts";
import type { ClientEndpoint, FactoryOf } from "./endpoint.ts";
import { localStreams, tlsOf } from "./local-streams.ts";
import { ProcessConnection } from "./process-connection.ts";

export interface ProcessEndpointOptions extends Omit<SpawnOptions, "childFDs"> {
  /** Told of what the command writes to its standard error; this process' own unless given. */
  errors?: (data: Uint8Array) => void;
}

/**
 * Connects to a command: each connect() starts it, and its standard input and output are the
 * connection.
 *
 * ```ts
 * import { connectProtocol, createReactor, ProcessEndpoint, Protocol } from "skein";
 * import type { Failure } from "skein";
 *
 * class Sorting extends Protocol {
 *   override connectionMade(): void {
 *     this.transport.write("pear\napple\n");
 *     this.transport.loseWriteConnection();
 *   }
 *   override dataReceived(data: Uint8Array): void {
 *     console.log(new TextDecoder().decode(data).trimEnd().split("\n").join(" "));
 *   }
 *   override connectionLost(reason: Failure): void {
 *     console.log((reason.value as Error).name);
 *     reactor.stop();
 *   }
 * }
 * const reactor = createReactor("libuv");
 * connectProtocol(new ProcessEndpoint(reactor, "sort"), new Sorting()).addErrback((failure) => {
 *   console.log(failure.message); // CommandNotFoundError, say
 *   reactor.stop();
 * });
 * await reactor.run();
 * // → apple pear
 * // → ConnectionDoneError
 * ```
 *
 * The connection has ended when the command has exited: cleanly, with code 0, or after it was
 * closed here; else with ProcessTerminatedError as the reason. loseConnection() closes its pipes,
 * once it has read all; if it has not exited `closeTimeout` later, its tree is ended, and the
 * reason is TimeoutError. abortConnection() ends its tree: TERM at once, KILL 5 seconds later.
 *
 * Fails as spawnProcess: CommandNotFoundError, NotExecutableError, …; with
 * ConnectingCancelledError when it is cancelled.
 */
export class ProcessEndpoint implements ClientEndpoint {
  readonly #reactor: Reactor<"process">;
  readonly #command: string;
  readonly #options: ProcessEndpointOptions;

  constructor(reactor: Reactor<"process">, command: string, options: ProcessEndpointOptions = {}) {
    this.#reactor = reactor;
    this.#command = command;
    this.#options = options;
  }

  connect<P extends StreamProtocol>(factory: FactoryOf<P>): Deferred<P> {
    const destination = { type: "UNIX", name: this.#command } as const;
    return connectOnce(this.#reactor, `the command "${this.#command}"`, factory, (ended) =>
      introduce(factory, ended, (introduction) =>
        localStreams(this.#reactor).connectBy(destination, introduction, {}, () =>
          maybeDeferred(() => this.#spawn()),
        ),
      ),
    );
  }

  #spawn(): Deferred<StreamConnection> {
    const { errors, ...options } = this.#options;
    const loop = loopOf(this.#reactor);
    const connection = new ProcessConnection(loop, this.#command, errors);
    const tls = tlsOf(this.#reactor);
    connection.origin = { side: "client", host: undefined, tls, clock: loop };
    return this.#reactor
      .spawnProcess(connection.receiver, this.#command, {
        ...options,
        childFDs: { 0: "w", 1: "r", 2: errors === undefined ? 2 : "r" },
      })
      .addCallback(() => connection);
  }
}
