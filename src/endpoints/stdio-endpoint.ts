import type { Deferred } from "../defer/deferred.ts";
import type { Failure } from "../defer/failure.ts";
import { succeed } from "../defer/fired.ts";
import { ProtocolWrapper } from "../protocols/policies/protocol-wrapper.ts";
import type { Reactor } from "../reactor/capabilities.ts";
import { NoProtocolError } from "../reactor/errors.ts";
import type { StdioOptions } from "../reactor/stdio.ts";
import type {
  ListeningPort,
  ProtocolFactory,
  StreamAddress,
  StreamProtocol,
} from "../reactor/transport.ts";
import { connectOnce } from "./connect-once.ts";
import type { ClientEndpoint, FactoryOf, ServerEndpoint } from "./endpoint.ts";

const NAME = "standard input and output";
const ADDRESS: StreamAddress = { type: "UNIX", name: NAME };

/**
 * Standard input and output, for a server whose one client has started it (as inetd does), and for
 * a client that talks to whoever is at the keyboard.
 *
 * ```ts
 * import { connectProtocol, createReactor, Protocol, StdioEndpoint } from "skein";
 * import type { ScriptedProcess } from "skein";
 *
 * class Greeter extends Protocol {
 *   override dataReceived(name: Uint8Array): void {
 *     this.transport.writeSequence(["hello, ", name]);
 *     this.transport.loseConnection();
 *   }
 * }
 * const reactor = createReactor("clock", {
 *   async stdio(user: ScriptedProcess) {
 *     await user.write("Ada");
 *     for await (const said of user.stdin) console.log(new TextDecoder().decode(said));
 *   },
 * });
 * const stopped = reactor.run();
 * await connectProtocol(new StdioEndpoint(reactor), new Greeter());
 * await stopped;
 * // → hello, Ada
 * ```
 *
 * There is one of it: while it is in use, both methods fail with StdioInUseError. A port's
 * stopListening() leaves the connection open, as any port's does. Fails as `openStdio`; connect()
 * with ConnectingCancelledError when it is cancelled.
 */
export class StdioEndpoint implements ServerEndpoint, ClientEndpoint {
  readonly #reactor: Reactor<"stdio">;
  readonly #options: StdioOptions;

  constructor(reactor: Reactor<"stdio">, options: StdioOptions = {}) {
    this.#reactor = reactor;
    this.#options = options;
  }

  connect<P extends StreamProtocol>(factory: FactoryOf<P>): Deferred<P> {
    return connectOnce(this.#reactor, NAME, factory, (ended) => this.#open(factory, ended));
  }

  listen(factory: ProtocolFactory): Deferred<ListeningPort<StreamAddress>> {
    let stopUsing = (): void => {};
    // In use until the port is closed and the connection has ended, whichever comes last.
    let uses = 2;
    const left = (): void => void (--uses === 0 && stopUsing());
    return connectOnce(this.#reactor, NAME, factory as FactoryOf<StreamProtocol>, (ended) => {
      stopUsing = ended;
      return this.#open(factory, left, factory);
    }).addCallback(() => {
      let open = true;
      return {
        getHost: () => ADDRESS,
        stopListening() {
          if (open) left();
          open = false;
          return succeed<void>(undefined);
        },
      };
    });
  }

  /**
   * @param ended called when the connection has ended, whatever protocol has it then.
   * @param server told of the connection, as by any port.
   */
  #open<P extends StreamProtocol>(
    factory: FactoryOf<P>,
    ended: () => void,
    server?: ProtocolFactory,
  ): Deferred<P> {
    const protocol = factory.buildProtocol(ADDRESS);
    if (protocol === null) throw new NoProtocolError(NAME);
    const held = new Held(protocol, server, ended);
    const opened = this.#reactor.openStdio(held, this.#options).addCallback(() => protocol);
    // The compiler cannot know that no protocol is itself a Deferred.
    return opened as Deferred<P>;
  }
}

/** Stays on the connection, to hear of its end. */
class Held extends ProtocolWrapper {
  readonly #server: ProtocolFactory | undefined;
  readonly #ended: () => void;

  constructor(protocol: StreamProtocol, server: ProtocolFactory | undefined, ended: () => void) {
    super(protocol);
    this.#server = server;
    this.#ended = ended;
  }

  override connectionMade(): void {
    this.#server?.connectionAccepted?.(this.transport);
  }

  override connectionLost(reason: Failure): void {
    super.connectionLost(reason);
    this.#server?.connectionEnded?.(this.transport, reason);
    this.#ended();
  }
}
